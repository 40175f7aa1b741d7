"""The kinds of blocks a page is built of: a module each, registered in the picker's order."""

from __future__ import annotations

from storefront.blocks.action import Action
from storefront.blocks.contract import Around, BlockType
from storefront.blocks.countdown import Countdown
from storefront.blocks.divider import Divider
from storefront.blocks.features import Features
from storefront.blocks.gallery import Gallery
from storefront.blocks.hero import Hero
from storefront.blocks.image import Image
from storefront.blocks.maker import Maker
from storefront.blocks.outline import Outline
from storefront.blocks.price import Price
from storefront.blocks.products import Products
from storefront.blocks.questions import Questions
from storefront.blocks.quote import Quote
from storefront.blocks.signup import SignUpBlock
from storefront.blocks.testimonial import Testimonial
from storefront.blocks.text import Text
from storefront.blocks.video import Video

__all__ = ["Around", "BlockType", "block_types"]

_ALL: tuple[BlockType, ...] = (
    *(Hero(), Text(), Image(), Features(), Outline(), Testimonial(), Maker(), Questions()),
    *(
        Products(),
        Price(),
        SignUpBlock(),
        Action(),
        Countdown(),
        Video(),
        Gallery(),
        Quote(),
        Divider(),
    ),
)
block_types: dict[str, BlockType] = {each.key: each for each in _ALL}
