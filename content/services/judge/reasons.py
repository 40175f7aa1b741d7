"""The sentences of the judge: what is wrong with a file and what to do about it."""

from collections.abc import Mapping

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

REFUSALS = {
    "empty": _("This file is empty. Export it again and upload the new file."),
    "too_large": _("This file is too large: up to {most} MB can be taken. Save a smaller one."),
    "too_heavy": _(
        "This file needs too much memory or time to open, so readers could not open it either. "
        "Save it again with smaller pictures, or in parts."
    ),
    "broken": _("This file is broken and could not be read. Export it again and upload that."),
    "gone": _("This file is no longer waiting here. Choose it once more."),
    "unknown": _("This is neither an EPUB nor a PDF. Save the book as one of them, upload that."),
    "not_epub": _("This is a PDF, and an EPUB is needed here. Export the book as EPUB."),
    "not_pdf": _("This is an EPUB, and a PDF is needed here. Export the book as PDF."),
    "program": _("This is a program, not a book. Upload the book itself, as EPUB or PDF."),
    "web_page": _("This is a web page, not a book. Open it in a browser, print it to PDF."),
    "picture": _("This is a picture. It can be the cover; the book itself is an EPUB or a PDF."),
    "sound": _("This is a sound or video file, not a book. Upload an EPUB or a PDF."),
    "not_audio": _("This is not a recording. Save it as MP3 or M4A and upload that."),
    "audio_codec": _(
        "Not every phone plays this kind of recording. Save it as MP3 or M4A (AAC), upload that."
    ),
    "audio_broken": _(
        "This recording is broken. Save it again as MP3 or M4A, upload the new file."
    ),
    "audio_cut_short": _("The end of this recording is missing. Export or download it again."),
    "audio_silent": _("There is no sound in this file. Export the recording again."),
    "audio_long": _("This recording is longer than {most} hours. Split it."),
    "audio_locked": _(
        "This recording is locked to a shop or a person (DRM). Upload it as you made it, before "
        "any shop locked it."
    ),
    "video": _("This is a film. Here goes sound alone: save its sound as M4A or MP3, upload that."),
    "word": _("This is a document to edit. Save it as PDF or EPUB and upload that."),
    "old_office": _("This is an old office document. Save it as PDF or EPUB and upload that."),
    "kindle": _("This is a Kindle file. Export the book as EPUB and upload that."),
    "archive": _("This is a packed folder without a book. Upload the EPUB or PDF itself."),
    "packed": _("The book is packed inside another file. Unpack it and upload the book itself."),
    "not_film": _("This is not a film that can be taken. Choose a MOV or MP4 file."),
    "film_broken": _("This film is broken or its end is missing. Save or send it again."),
    "film_locked": _("This film is locked to a shop or a device. Upload it as you made it."),
    "film_sound_only": _("There is nothing to see in this film: it has sound only."),
    "pdf_password": _(
        "This PDF is locked with a password. Save a copy without the password and upload that."
    ),
    "pdf_broken": _("This PDF is broken. Open it, save it again as PDF and upload the new file."),
    "pdf_cut_short": _("The end of this PDF is missing. Export or download it again."),
    "pdf_loops": _("The pages of this PDF go round in a circle. Print it to PDF and upload that."),
    "pdf_no_pages": _("This PDF has no pages. Export it again and upload the new file."),
    "pdf_too_many_pages": _("This PDF has {count} pages; up to {most} can be taken. Split it."),
    "epub_cut_short": _("This EPUB is broken or its end is missing. Export or download it again."),
    "epub_damaged": _("A file inside this EPUB is damaged: {name}. Export the book again."),
    "epub_entries": _(
        "This EPUB holds {count} files; up to {most} can be taken. Export it as a simpler book."
    ),
    "epub_doubled": _("Two files inside this EPUB have the same name. Export the book again."),
    "epub_bomb": _(
        "Unpacked, this EPUB is far too large. Make its pictures smaller and export it again."
    ),
    "epub_sizes": _("A file inside this EPUB is not as long as it says: {name}. Export it again."),
    "epub_names": _("A file inside this EPUB has an unsafe name: {name}. Export the book again."),
    "epub_links": _("A file inside this EPUB points outside the book: {name}. Export it again."),
    "epub_password": _("This EPUB is locked with a password. Save a copy without it."),
    "epub_packing": _("This EPUB is packed in an unusual way. Export the book again."),
    "epub_drm": _(
        "This EPUB is locked to a shop or a person (DRM). Upload the file as you made it, before "
        "any shop locked it."
    ),
    "epub_no_container": _(
        "This EPUB lacks the page that says where the book is (META-INF/container.xml). Export it "
        "again."
    ),
    "epub_no_package": _("This EPUB lacks its list of contents (the OPF file). Export it again."),
    "epub_no_chapters": _("This EPUB has no chapters. Export it again and upload the new file."),
    "epub_missing": _("This EPUB names a chapter that is not in it: {name}. Export it again."),
    "epub_entities": _(
        "This EPUB defines shortcuts that could overload a reader ({name}). Export it again."
    ),
    "epub_chapter": _("A page of this EPUB is broken: {name}, line {line}. Mend it, export again."),
    "epub_picture": _("A picture in this EPUB is broken: {name}. Replace it and export again."),
    "epub_picture_large": _(
        "A picture in this EPUB is too large for a phone: {name}. Make it smaller, export again."
    ),
    "unstampable": _(
        "A buyer’s name cannot be put into this file: some of its pages are not built as others "
        "are. Open it, save it again, or turn “stamp my files” off and upload it."
    ),
}
WARNINGS = {
    "name_differs": _("The name says otherwise, but this is {kind}. It was taken as {kind}."),
    "scripts_removed": _("{count} active parts (scripts, forms) were taken out; the text stays."),
    "remote_removed": _("{count} things that load from the internet were taken out."),
    "attachments_removed": _("{count} attached files were taken out. Upload them by themselves."),
    "left_out": _("{count} files that are no part of the book were left out."),
    "owner_lock_removed": _("The limits on printing and copying were taken off the copy we keep."),
    "mended": _("The file was slightly damaged and was mended. Leaf through it once."),
    "unstampable": _("Buyers’ names cannot be put into this file. It is sold without them."),
    "chapters_cut": _("It has more than {most} chapters. The first {most} were taken."),
    "chapters_odd": _("Some of its chapters were no use and left out. You can type your own."),
    "film_codec": _(
        "Some browsers cannot play this film. Export it as MP4 with H.264, and everybody sees it."
    ),
    "no_contents": _("The book has no table of contents; readers will miss one."),
}


class Refused(Exception):
    """A file that is not taken; `sentence` is translated when shown, `code` is for programs."""

    def __init__(self, code: str, detail: Mapping[str, str | int] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.detail = dict(detail or {})
        self.sentence = format_lazy(REFUSALS[code], **self.detail)

    def __str__(self) -> str:
        return str(self.sentence)


def warning_sentence(code: str, detail: Mapping[str, str | int]) -> str:
    """Return the sentence of a warning in the current language."""
    return WARNINGS[code].format(**detail)
