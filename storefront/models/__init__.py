"""What the shop window keeps: pages, their films, menus, redirects, and who signed up."""

from storefront.models.films import Captions, Film
from storefront.models.finding import ShopText
from storefront.models.menus import Menu, Redirect
from storefront.models.pages import Page, PageVersion, Picture
from storefront.models.signups import MailingList, SignUp

__all__ = [
    "Captions",
    "Film",
    "MailingList",
    "Menu",
    "Page",
    "PageVersion",
    "Picture",
    "Redirect",
    "ShopText",
    "SignUp",
]
