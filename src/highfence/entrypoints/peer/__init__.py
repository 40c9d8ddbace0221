# SPDX-License-Identifier: Apache-2.0
"""The peers' door: a feed pushed as server-sent events, and receipts taken back.

Every request is signed by the authority that makes it; a reader gets its own feed and can name no other. This door
never serves people, and shows nothing but feed entries, heads and problems.

>>> from highfence.exchange.sync import FEED_PATH
>>> FEED_PATH
'/exchange/feed'
"""
