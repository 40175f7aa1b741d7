"""Shop window → Look: a few choices, seen at once, and whether the colour can be read."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from csp.decorators import csp
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, path, resolve
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.clickjacking import xframe_options_sameorigin

from core.csp import STOREFRONT_POLICY
from core.images import PictureRefusedError
from stores import rules
from stores.admin.pages import Effect, confirm
from stores.admin.settings import OneOfStore
from stores.admin.site import Group, MenuItem, site, store_of
from stores.forms import ColourInput, ModelForm
from stores.models import Look
from stores.roles import Area
from stores.services import looks
from stores.services.theme import theme_of

FRAMED = {**STOREFRONT_POLICY, "frame-ancestors": ["'self'"]}
READY: dict[str, tuple[Any, dict[str, Any]]] = {
    "sewing": (gettext_lazy("Sewing: brick, a seam"), {"colour": "#A8412C", "mark_line": "seam"}),
    "bread": (
        gettext_lazy("Bread: crust, round corners"),
        {"colour": "#8A5A1E", "type_pair": "soft", "corner": 12, "mark_line": "dots"},
    ),
    "garden": (
        gettext_lazy("Garden: leaf, fine letters"),
        {"colour": "#2F5D50", "type_pair": "fine", "corner": 2, "mark_line": "rule"},
    ),
    "studio": (
        gettext_lazy("Studio: ink, clear and square"),
        {"colour": "#34506B", "type_pair": "clear", "corner": 0, "mark_line": "none"},
    ),
    "stage": (
        gettext_lazy("Stage: plum, poster letters"),
        {"colour": "#6D2E5B", "type_pair": "poster", "corner": 0, "mark_line": "rule"},
    ),
}
KINDS = {
    "book": gettext_lazy("ebook"),
    "masthead": gettext_lazy("magazine"),
    "screen": gettext_lazy("course"),
    "stack": gettext_lazy("club"),
    "seats": gettext_lazy("mastermind"),
    "cards": gettext_lazy("library"),
    "steps": gettext_lazy("program"),
    "bundle": gettext_lazy("bundle"),
}
"""The objects, and the format that each stands for."""
PLACES = {
    "50 50": gettext_lazy("its middle"),
    "50 20": gettext_lazy("its top"),
    "50 80": gettext_lazy("its foot"),
    "20 50": gettext_lazy("its left"),
    "80 50": gettext_lazy("its right"),
}


class ChoicesForm(ModelForm[Look]):
    """The choices alone: what a preview is drawn from."""

    class Meta:
        model = Look
        fields = looks.CHOICES
        widgets = {"colour": ColourInput}  # noqa: RUF012 -- read once by Django


class LookForm(ChoicesForm):
    """The choices, a ready look to begin from, a logo and a picture."""

    ready = forms.ChoiceField(
        label=gettext_lazy("A ready look"),
        required=False,
        choices=[("", gettext_lazy("my own choices")), *((k, v[0]) for k, v in READY.items())],
    )
    logo_file = forms.FileField(
        label=gettext_lazy("Logo"),
        required=False,
        widget=forms.FileInput({"accept": "image/png,image/jpeg,image/webp,image/heic"}),
        help_text=gettext_lazy("PNG, JPEG, WebP or HEIC. Without one the name stands alone."),
    )
    logo_alt = forms.CharField(
        label=gettext_lazy("The logo in words"), required=False, max_length=120
    )
    logo_off = forms.BooleanField(label=gettext_lazy("Take the logo off"), required=False)
    hero_file = forms.FileField(
        label=gettext_lazy("The shop's picture"),
        required=False,
        widget=forms.FileInput({"accept": "image/*"}),
        help_text=gettext_lazy("Your hands, your work, you. Also shown where the shop is shared."),
    )
    hero_focal = forms.ChoiceField(
        label=gettext_lazy("What must not be cut off"), required=False, choices=PLACES.items()
    )
    hero_alt = forms.CharField(
        label=gettext_lazy("The shop's picture in words"), required=False, max_length=200
    )
    hero_off = forms.BooleanField(label=gettext_lazy("Take the picture off"), required=False)
    maker_file = forms.FileField(
        label=gettext_lazy("Your face"),
        required=False,
        widget=forms.FileInput({"accept": "image/*"}),
        help_text=gettext_lazy("It stands beside your name, where you say who made it."),
    )
    maker_alt = forms.CharField(
        label=gettext_lazy("Who is seen on it"), required=False, max_length=200
    )
    maker_off = forms.BooleanField(label=gettext_lazy("Take your face off"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = self.instance.pictures
        focal = kept.get("hero", {}).get("focal", (0.5, 0.5))
        self.initial["hero_focal"] = f"{round(focal[0] * 100)} {round(focal[1] * 100)}"
        for kind in ("logo", "hero", "maker"):
            self.initial[f"{kind}_alt"] = kept.get(kind, {}).get("alt", "")
            if not kept.get(kind):
                self.fields[f"{kind}_off"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        """Let a ready look speak for the choices it makes."""
        values = super().clean() or self.cleaned_data
        _label, choices = READY.get(values.get("ready", ""), ("", {}))
        return values | choices


class LookAdmin(OneOfStore):
    """Shop window → Look."""

    area = Area.SHOP_WINDOW
    menu = MenuItem(Group.SHOP_WINDOW, gettext_lazy("Look"), 1)
    form = LookForm
    own_lookup = "store_id"
    change_form_template = "stores/admin/look.html"
    fieldsets = (
        (None, {"fields": ("ready", *looks.CHOICES, "logo_file", "hero_file", "maker_file")}),
        (
            gettext_lazy("More"),
            {
                "classes": ("more",),
                "fields": (
                    *("logo_alt", "logo_off", "hero_alt", "hero_focal", "hero_off"),
                    *("maker_alt", "maker_off"),
                ),
            },
        ),
    )

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the preview, its stylesheet, and the way back."""
        view = self.admin_site.admin_view
        framed = xframe_options_sameorigin(csp(FRAMED)(view(self.preview_view)))
        pattern = csp(STOREFRONT_POLICY)(view(self.pattern_view))
        return [
            path("preview/", framed, name="stores_look_preview"),
            path("preview.css", view(self.preview_css), name="stores_look_preview_css"),
            path("pattern/", pattern, name="stores_look_pattern"),
            path("back/", view(self.back_view), name="stores_look_back"),
            *super().get_urls(),
        ]

    def form_context(self, request: HttpRequest, item: Look | None) -> dict[str, Any]:
        """Say how well the colour reads, where it is used, and show the shop with it."""
        if item is None:
            return {}
        return {
            "notes": colour_notes(item.colour),
            "moved": moved_colours(item.colour),
            "title": _("Look"),
            "preview_url": self.url_for("preview"),
            "ready": {
                key: {n: str(v) for n, v in choices.items()} for key, (_l, choices) in READY.items()
            },
        }

    def acts(self, request: HttpRequest, item: Look | None) -> list[tuple[Any, str]]:
        """Return the way back to the look before, when there was one."""
        found = [
            *super().acts(request, item),
            (_("All objects and parts"), self.url_for("pattern")),
        ]
        if item is not None and item.before and self.has_change_permission(request, item):
            found.append((_("Back to the look before"), self.url_for("back")))
        return found

    def save_model(self, request: HttpRequest, obj: Look, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's signature
        """Save the choices, keep those before, then take the pictures."""
        looks.remember(obj, looks.choices_of(Look.objects.get(pk=obj.pk)))
        super().save_model(request, obj, form, change)
        said = form.cleaned_data
        across, down = (said.get("hero_focal") or "50 50").split()
        focal = [int(across) / 100, int(down) / 100]
        self._take(request, obj, "logo", said, alt=said.get("logo_alt", ""))
        self._take(request, obj, "hero", said, focal=focal, alt=said.get("hero_alt", ""))
        self._take(request, obj, "maker", said, alt=said.get("maker_alt", ""))

    def _take(
        self, request: HttpRequest, look: Look, kind: str, said: dict[str, Any], **of_it: Any
    ) -> None:
        upload: UploadedFile[Any] | None = said.get(f"{kind}_file")
        if upload is None:
            if said.get(f"{kind}_off"):
                looks.drop_picture(look, kind)
            else:
                looks.say_of_picture(look, kind, **of_it)
            return
        with tempfile.TemporaryDirectory(prefix=f"{kind}-") as room:
            here = Path(room) / "picture"
            with here.open("wb") as kept:
                for chunk in upload.chunks():
                    kept.write(chunk)
            try:
                looks.set_picture(look, kind, here, **of_it)
            except PictureRefusedError as refused:
                sentence = _("The picture was not taken: %(why)s Everything else was saved.")
                messages.error(request, sentence % {"why": refused.sentence})

    def pattern_view(self, request: HttpRequest) -> HttpResponse:
        """Draw every object in every hue, pattern and size, and all parts, in this store's look."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        store = store_of(request)
        titles = {
            "he": "כל חודש פרויקט אחד תפור עד הסוף",
            "en": "One project a month, sewn to the end",
        }
        context = {
            "kinds": KINDS.items(),
            "initials": ["A", "B", "C", "D"],
            "hues": range(12),
            "patterns": range(7),
            "sizes": ("small", "", "big"),
            "heading": titles.get(store.language, titles["en"]),
            "titles": titles.values(),
        }
        return render(request, "stores/admin/pattern.html", context)

    # -- the preview: the real pages, with choices nobody has saved

    def preview_view(self, request: HttpRequest) -> HttpResponse:
        """Show the front page, or the first product's, as these choices would make it."""
        look = self._tried(request)
        if look is None:
            return HttpResponseBadRequest(_("A colour looks like #A8412C."))
        store = store_of(request)
        store.look = look
        query = request.GET.urlencode()
        request.tried_theme_url = f"{self.url_for('preview_css')}?{query}"  # type: ignore[attr-defined]  # read by stores.views.store_context
        found = resolve("/")  # the language stands before what is resolved
        response: HttpResponse = found.func(request, *found.args, **found.kwargs)
        return response

    def preview_css(self, request: HttpRequest) -> HttpResponse:
        """Answer with the theme that these choices make."""
        look = self._tried(request)
        if look is None:
            return HttpResponseBadRequest()
        css = HttpResponse(theme_of(look).css, content_type="text/css; charset=utf-8")
        css.headers["Cache-Control"] = "private, no-store"
        return css

    def _tried(self, request: HttpRequest) -> Look | None:
        if not self.has_view_permission(request):
            raise PermissionDenied
        look: Look = self.get_queryset(request).get()
        form = ChoicesForm({**looks.choices_of(look), **request.GET.dict()}, instance=look)
        return form.save(commit=False) if form.is_valid() else None

    def back_view(self, request: HttpRequest) -> HttpResponse:
        """Ask before the look before comes back, and bring it back on POST."""
        look: Look = self.get_queryset(request).get()
        if not self.has_change_permission(request, look):
            raise PermissionDenied
        if request.method == "POST" and look.before:
            looks.go_back(look)
            messages.success(request, _("The look before is back."))
            return HttpResponseRedirect(self.url_of(look))
        effect = Effect(
            title=_("Back to the look before?"),
            verb=_("Bring it back"),
            sentences=[_("The look of now is kept, so you can come back to it in the same way.")],
            back_url=self.url_of(look),
            blockers=[] if look.before else [_("There is no look before this one.")],
        )
        return confirm(request, effect)


def moved_colours(colour: str) -> list[tuple[str, str, str]]:
    """Return where a shade stands for the colour: what for, the colour, and the shade."""
    shades = [
        (_("buttons by day"), rules.brand_on(colour, dark=False)),
        (_("buttons at night"), rules.brand_on(colour, dark=True)),
        (_("links by day"), rules.link_on(colour, dark=False)),
        (_("links at night"), rules.link_on(colour, dark=True)),
    ]
    return [(where, colour, shade) for where, shade in shades if is_moved(shade, colour)]


def is_moved(shade: str, colour: str) -> bool:
    """Whether a shade stands where the colour was chosen."""
    return shade.lower() != colour.lower()


def colour_notes(colour: str) -> list[str]:
    """Return in sentences where a colour is used as it is, and where a shade of it."""
    notes = []
    is_white = rules.on_colour(rules.brand_on(colour, dark=False)) == rules.WHITE
    ink = _("white") if is_white else _("black")
    notes.append(_("On buttons of your colour the words are %(ink)s.") % {"ink": ink})
    if is_moved(rules.brand_on(colour, dark=False), colour):
        notes.append(_("On buttons it is a little darker, so that they are seen on the page."))
    if is_moved(rules.link_on(colour, dark=False), colour):
        notes.append(_("Links are a little darker by day, so that they can be read, 4.5:1."))
    if is_moved(rules.link_on(colour, dark=True), colour):
        notes.append(_("Links are a little lighter at night, so that they can be read, 4.5:1."))
    return notes


site.register(Look, LookAdmin)
