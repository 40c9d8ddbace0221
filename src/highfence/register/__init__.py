# SPDX-License-Identifier: Apache-2.0
"""What is known of each company, joined from what authorities say, and cut down to what one reader may see.

This room never decides a case, never changes what an authority said, never guesses that two parties are one (a shared
key, a likeness beyond doubt or this authority's own judgement joins them), and shows nothing of what a reader may not
see: not in counts, not in history, not in the way companies are grouped.

    >>> from datetime import date
    >>> from highfence.model.assertion import Assertion
    >>> from highfence.model.entity import Entity
    >>> from highfence.model.marking import Marking, public
    >>> from highfence.register.profile import profile
    >>> from highfence.register.view import Held
    >>> from highfence.rules.handling import Reader
    >>> acme = Entity(id="nl-1", schema="Company", properties={"name": ("Acme Optics BV",), "country": ("nl",)})
    >>> open_claim = Assertion(
    ...     kind="facts", originator="nl", issued="2026-11-23T09:00:00Z", subject="nl-1", entities=(acme,),
    ...     marking=public(releasable_to=("jp",)),
    ... )
    >>> secret = Assertion(
    ...     kind="concern", originator="us", issued="2026-11-24T09:00:00Z", subject="nl-1", entities=(acme,),
    ...     marking=Marking(), text="Ships to a listed end user",
    ... )
    >>> held = (
    ...     Held(id="a1", assertion=open_claim, received="2026-11-23T09:00:01Z"),
    ...     Held(id="a2", assertion=secret, received="2026-11-24T09:00:01Z"),
    ... )
    >>> reader = Reader(authority="jp", ceiling="SENSITIVE", purposes=("export-control",))
    >>> shown = profile("c-1", held, reader=reader, on=date(2026, 11, 24), jurisdictions=("us",))
    >>> shown.caption, shown.known_to, len(shown.history), shown.claims
    ('Acme Optics BV', {'nl': 1}, 1, ())
"""
