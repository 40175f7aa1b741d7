"""The addresses of the shop and the shelf on a store's host."""

from django.urls import path, register_converter

from storefront.views import (
    feeds,
    films,
    finding,
    home,
    lists,
    machines,
    pages,
    product,
    samples,
    searching,
    sharing,
    shelf,
    signups,
)
from storefront.views.slugs import UnicodeSlug

app_name = "storefront"

register_converter(UnicodeSlug, "uslug")

urlpatterns = [
    path("", home.home, name="home"),
    path("page/<int:number>/", home.home, name="home-page"),
    path("search/", finding.site_search, name="site-search"),
    path("feed/", feeds.feed, name="feed"),
    path("p/<uslug:slug>/", product.product, name="product"),
    path("p/<uslug:slug>/share.jpg", sharing.product_picture, {"shape": "wide"}, "share-image"),
    path(
        "p/<uslug:slug>/share-square.jpg",
        sharing.product_picture,
        {"shape": "square"},
        "share-image-square",
    ),
    path("share.jpg", sharing.store_picture, {"shape": "wide"}, "share-home"),
    path("share-square.jpg", sharing.store_picture, {"shape": "square"}, "share-home-square"),
    path("p/<uslug:slug>/list/", lists.join, name="list"),
    path("p/<uslug:slug>/sample/", samples.ask, name="sample"),
    path("sample/<slug:request_id>/<slug:key>/", samples.opened, name="sample-open"),
    path("sample/<slug:request_id>/<slug:key>/news/", samples.agree, name="sample-news"),
    path("list/<slug:entry_id>/<slug:key>/", lists.confirm, name="list-confirm"),
    path("list/<slug:entry_id>/<slug:key>/leave/", lists.leave, name="list-leave"),
    path("pages/<uslug:slug>/", pages.page, name="page"),
    path("c/<uslug:slug>/", pages.category, name="category"),
    path("c/<uslug:slug>/page/<int:number>/", pages.category, name="category-page"),
    path("films/<slug:film_id>/<slug:digest>/", films.film, name="film"),
    path("captions/<slug:captions_id>/<slug:digest>/", films.captions, name="captions"),
    path("draft/<slug:page_id>/", pages.draft, name="draft"),
    path("join/<slug:page_id>/<slug:block_id>/", signups.sign_up, name="sign-up"),
    path("joined/<slug:signup_id>/<slug:key>/", signups.signed_up, name="signed-up"),
    path("joined/<slug:signup_id>/<slug:key>/gift/", signups.gift, name="sign-up-gift"),
    path("joined/<slug:signup_id>/<slug:key>/leave/", signups.leave, name="list-off"),
    path("shelf/", shelf.shelf, name="shelf"),
    path("shelf/search/", searching.search_page, name="search"),
    path("robots.txt", machines.robots, name="robots"),
    path("sitemap.xml", machines.sitemap, name="sitemap"),
    path("sitemap-<int:number>.xml", machines.sitemap_page, name="sitemap-page"),
]
