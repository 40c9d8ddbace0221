# SPDX-License-Identifier: Apache-2.0
"""The peers' door: a feed pushed as server-sent events, receipts taken back, membership documents told.

Every request is signed by the authority that makes it; a reader gets its own feed and can name no other. This door
never serves people, and shows nothing but feed entries, heads, membership documents and problems.

>>> from highfence.exchange.sync import FEED_PATH
>>> FEED_PATH
'/exchange/feed'
"""
