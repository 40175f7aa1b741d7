"""What the shop window keeps: pages and their versions, menus, redirects, and who signed up."""

from storefront.models.menus import Menu, Redirect
from storefront.models.pages import Page, PageVersion, Picture
from storefront.models.signups import MailingList, SignUp

__all__ = ["MailingList", "Menu", "Page", "PageVersion", "Picture", "Redirect", "SignUp"]
