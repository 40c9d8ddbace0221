# SPDX-License-Identifier: Apache-2.0
"""Many nodes at once, with random work and random deliveries."""
