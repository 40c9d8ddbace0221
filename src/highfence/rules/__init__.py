# SPDX-License-Identifier: Apache-2.0
"""The law as data and pure functions: what a marking, an agreement and a day allow.

This room never reads a clock, a file, a database or the network, and never decides for a person: it answers, with
every check it made and the fact each one stood on. It never opens anything by default: an unknown word, an unknown
authority or a missing agreement means no.

    >>> from datetime import UTC, date, datetime
    >>> from highfence.model.agreement import Agreement
    >>> from highfence.model.authority import Authority, Membership
    >>> from highfence.model.marking import Marking
    >>> from highfence.rules.handling import ReleaseQuestion, may_receive
    >>> membership = Membership(
    ...     version=1,
    ...     issued=datetime(2026, 11, 1, tzinfo=UTC),
    ...     expires=datetime(2026, 12, 1, tzinfo=UTC),
    ...     threshold=1,
    ...     authorities=(
    ...         Authority(code="nl", name="Authority of the Netherlands", country="nl"),
    ...         Authority(code="jp", name="Authority of Japan", country="jp"),
    ...     ),
    ...     agreements=(
    ...         Agreement(
    ...             id="nl-jp-2026",
    ...             title="Export control exchange",
    ...             parties=("nl", "jp"),
    ...             legal_basis="Arrangement of 2026, Article 3",
    ...             purposes=("export-control",),
    ...             valid_from=date(2026, 1, 1),
    ...         ),
    ...     ),
    ... )
    >>> marking = Marking(tlp="AMBER", classification="SENSITIVE", releasable_to=("jp",), disclosure="release")
    >>> question = ReleaseQuestion(
    ...     originator="nl", releaser="nl", recipient="jp", membership=membership, on=date(2026, 11, 24)
    ... )
    >>> may_receive(marking, question).agreement
    'nl-jp-2026'
    >>> may_receive(Marking(), question).code
    'not_releasable'
"""
