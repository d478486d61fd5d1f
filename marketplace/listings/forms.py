"""The form of an offer or a demand, made from the kind of the catalogue.

Everything typed comes back as it was typed; what it means is decided by `content.clean`, whose errors are put at the
field they belong to.
"""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, FileField, Form, FormField, HiddenField, StringField, TextAreaField

from catalogue import kinds, places
from catalogue.fields import Field
from catalogue.languages import LANGUAGES
from marketplace.errors import ErrorCode
from marketplace.forms import BaseForm
from marketplace.i18n import LANG_NAMES, data_lang
from marketplace.listings import form_fields, wording
from marketplace.listings.content import NEEDS, Content
from marketplace.listings.desk import TEXTS
from marketplace.listings.form_fields import select, suffix

# Empty rows at the end of each list of rows: enough to go on without asking for more.
SPARE_ROWS = {"requirements": 3, "lines": 2, "pictures": 1, "documents": 1}


def _in_languages(label: Any, **more: Any) -> dict[str, Any]:
    return {f"text_{suffix(lang)}": StringField(label, **more) for lang in LANGUAGES}


def _row(name: str, fields: dict[str, Any]) -> type[Form]:
    return type(name, (Form,), fields)


RequirementRow = _row(
    "RequirementRow",
    {
        "need": select(_l("How much it matters"), [(need, wording.TEXT_NAMES[need]) for need in NEEDS], default="must"),
        **_in_languages(_l("Requirement")),
    },
)
LineRow = _row(
    "LineRow",
    {
        **_in_languages(_l("What")),
        "quantity": StringField(_l("Quantity"), render_kw={"inputmode": "decimal"}),
        "unit": StringField(_l("Unit"), render_kw={"list": "units"}),
    },
)
_FILE = {"file": HiddenField(), "upload": FileField(_l("File")), "remove": BooleanField(_l("Remove"))}
PictureRow = _row("PictureRow", {**_FILE, **_in_languages(_l("Description of the picture"))})
DocumentRow = _row("DocumentRow", {**_FILE, **_in_languages(_l("What the document is"))})

WORDS = {"pictures": "alt", "documents": "title"}


class ListingForm(BaseForm):
    """What offers and demands have in common; `make` adds the texts and the fields of the kind."""

    side = "offer"

    class Meta(BaseForm.Meta):
        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Any:
            # Rows take no filters; the texts in them are stripped by the cleaner.
            if issubclass(unbound_field.field_class, (FieldList, FormField)):
                return unbound_field.bind(form=form, **options)
            return super().bind_field(form, unbound_field, options)

    base_version_id = HiddenField()
    kind = HiddenField()
    new_kind = select(_l("Kind"), lambda: [("", str(_l("not chosen yet"))), *kind_choices()])
    lang = select(_l("Language of the original"), list(LANG_NAMES.items()))
    opens_on = StringField(_l("Shown from"), render_kw={"type": "date"})
    closes_on = StringField(_l("Closes on"), render_kw={"type": "date"})
    price_audience = select(_l("Who is told the price"), list(wording.AUDIENCES.items()))
    pictures = FieldList(FormField(PictureRow))
    documents = FieldList(FormField(DocumentRow))

    @property
    def catalogue_kind(self) -> kinds.Kind | None:
        """The kind this form asks for, or None while none is chosen."""
        try:
            return kinds.get_kind(self.kind.data or "")
        except KeyError:
            return None

    def facts(self) -> tuple[Field, ...]:
        """The catalogue fields of this form in reading order."""
        kind = self.catalogue_kind
        return kind.fields(self.side) if kind else ()

    def fields_of(self, section: kinds.Section) -> list[Field]:
        """The fields of a section that this side states and that are written once for all languages."""
        return [field for field in section.fields if self.side in field.sides and not field.translated]

    def says_something(self, fields: list[Field]) -> bool:
        """Whether any of these catalogue fields is filled in, is needed to publish, or has an error."""
        names = {f"fact_{field.key}{part}" for field in fields for part in ("", "_amount")}
        controls = [control for name, control in self._fields.items() if name in names]
        return any(field.required for field in fields) or any(control.data or control.errors for control in controls)

    def languages_filled(self) -> list[str]:
        """The languages in which any text is written."""
        return [lang for lang in LANGUAGES if any(self[f"{name}_{suffix(lang)}"].data for name in TEXTS[self.side])]

    def raw(self) -> dict[str, Any]:
        """What was typed, in the shape that `content.clean` takes."""
        typed = {field.key: form_fields.typed(self, field) for field in self.facts()}
        return {
            "kind": self.kind.data or None,
            "lang": self.lang.data,
            "texts": {name: self._in_languages(name) for name in TEXTS[self.side]},
            "facts": {key: value for key, (value, _lines) in typed.items()},
            "unresolved": {key: lines for key, (_value, lines) in typed.items() if lines},
            "dates": {name: self[name].data for name in ("opens_on", "closes_on")},
            "price_audience": self.price_audience.data,
            **{name: [_attachment(entry, words) for entry in self[name].entries] for name, words in WORDS.items()},
        }

    def _in_languages(self, name: str) -> dict[str, str]:
        return {lang: self[f"{name}_{suffix(lang)}"].data or "" for lang in LANGUAGES}

    def field_at(self, path: str) -> Any:
        """The form field that a content path speaks of, or None."""
        parts = path.split(".")
        try:
            if parts[0] == "texts":
                return self[f"{parts[1]}_{suffix(parts[2])}"]
            if parts[0] == "facts":
                kind = self.catalogue_kind
                return form_fields.error_field(self, kind.field(parts[1])) if kind else None
            if parts[0] == "dates":
                return self[parts[1]]
            if parts[0] in ("requirements", "lines", "pictures", "documents") and len(parts) > 2:
                row = self[parts[0]].entries[int(parts[1])].form
                if parts[2] not in ("text", *WORDS.values()):
                    return row[parts[2]]
                lang = parts[3] if len(parts) > 3 else self.lang.data if self.lang.data in LANGUAGES else LANGUAGES[0]
                return row[f"text_{suffix(lang)}"]
            if parts[0] == "budget":
                return self[f"budget_{parts[1]}"]
            return self["new_kind" if path == "kind" else path]
        except (KeyError, IndexError):
            return None

    def id_at(self, path: str) -> str:
        """The id of the control that a content path speaks of, to link to; its section's where there is none."""
        field = self.field_at(path)
        return path.split(".")[0] if field is None else field.id

    def languages_to_open(self) -> list[str]:
        """The languages whose texts are shown unfolded: the original, and any with an error in it."""
        bad = {
            lang
            for lang in LANGUAGES
            for name, field in self._fields.items()
            if field.errors and name.endswith(f"_{suffix(lang)}")
        }
        return [lang for lang in LANGUAGES if lang == self.lang.data or lang in bad]

    def show_errors(self, errors: dict[str, ErrorCode]) -> None:
        """Put each error at its field, in words; one whose field is not on the page goes to the form as a whole."""
        for path, error in errors.items():
            field = self.field_at(path)
            sentence = wording.word(error, self.kind.data)
            if field is None:
                self.form_errors.append(f"{wording.path_name(path, self.kind.data)}: {sentence}")
            elif sentence not in map(str, field.errors):
                field.errors = [*field.errors, sentence]
        for rows in (field for field in self if isinstance(field, FieldList)):
            # A list of rows counts its rows' errors when it is validated, which was before these were known.
            own = [error for error in rows.errors if isinstance(error, str)]
            inner = [entry.errors for entry in rows.entries]
            rows.errors = own + (inner if any(inner) else [])

    def add_rows(self, name: str, times: int = 1) -> None:
        """Have empty rows at the end of a list of rows, `times` as many as usual."""
        spare = times * SPARE_ROWS[name]
        rows = self[name]
        empty = 0
        for entry in reversed(rows.entries):
            if _says_something(entry.form):
                break
            empty += 1
        for _ in range(spare - empty):
            rows.append_entry()


class OfferForm(ListingForm):
    side = "offer"


class DemandForm(ListingForm):
    side = "demand"

    price_audience = select(_l("Who is told the budget"), list(wording.AUDIENCES.items()))
    needed_by = StringField(_l("Needed by"), render_kw={"type": "date"})
    deadline_days = StringField(_l("Delivery within (days)"), render_kw={"inputmode": "numeric"})
    place_text = StringField(_l("Places"))
    budget_amount = StringField(_l("Budget"), render_kw={"inputmode": "decimal"})
    budget_currency = select(_l("Currency"), form_fields.currency_choices)
    budget_basis = select(_l("The budget is"), list(wording.BASES.items()))
    requirements = FieldList(FormField(RequirementRow))
    lines = FieldList(FormField(LineRow))

    def raw(self) -> dict[str, Any]:
        return {
            **super().raw(),
            "dates": {name: self[name].data for name in ("opens_on", "closes_on", "needed_by", "deadline_days")},
            "place_text": self.place_text.data,
            "places": list(places.resolve(self.place_text.data or "")),
            "budget": {name: self[f"budget_{name}"].data for name in ("amount", "currency", "basis")},
            "requirements": [{"need": entry.form["need"].data, "text": _words(entry)} for entry in self.requirements],
            "lines": [
                {"text": _words(entry), "quantity": entry.form["quantity"].data, "unit": entry.form["unit"].data}
                for entry in self.lines
            ],
        }


def _says_something(form: Form) -> bool:
    return any(field.data for name, field in form._fields.items() if name not in ("need", "remove"))


def _attachment(entry: Any, words: str) -> dict[str, Any]:
    return {"file": None if entry.form["remove"].data else file_id(entry.form), words: _words(entry)}


def file_id(row: Form) -> int | None:
    """The file that a row of pictures or documents names, or None."""
    given = str(row["file"].data or "")
    return int(given) if given.isdecimal() and len(given) < 19 else None


def _words(entry: Any) -> dict[str, str]:
    return {lang: entry.form[f"text_{suffix(lang)}"].data or "" for lang in LANGUAGES}


def make(side: str, kind: str | None) -> type[ListingForm]:
    """The form class for a kind, labels in the reader's language."""
    base = OfferForm if side == "offer" else DemandForm
    fields: dict[str, Any] = {}
    for name in TEXTS[side]:
        # No maxlength: a browser would cut a pasted text in silence, the cleaner says how much too long it is.
        widget = StringField if name == "title" else TextAreaField
        fields |= {f"{name}_{suffix(lang)}": widget(wording.TEXT_NAMES[name]) for lang in LANGUAGES}
    if kind is not None:
        for field in kinds.get_kind(kind).fields(side):
            fields |= form_fields.form_fields(field)
    return type(f"{base.__name__}Of{kind or 'AnyKind'}", (base,), fields)


def kind_choices() -> list[tuple[str, str]]:
    """Every kind in the reader's language."""
    lang = data_lang()
    return [(kind.key, kind.labels[lang]) for kind in kinds.all_kinds()]


def values_of(side: str, content: Content) -> dict[str, Any]:
    """What the form shows for a stored content: field name to value."""
    values: dict[str, Any] = {
        "kind": content.get("kind") or "",
        "new_kind": content.get("kind") or "",
        "lang": content["lang"],
        "price_audience": content.get("price_audience", "public"),
    }
    for name in TEXTS[side]:
        values |= {f"{name}_{suffix(lang)}": text for lang, text in content["texts"].get(name, {}).items()}
    if content.get("kind"):
        unresolved = content.get("unresolved", {})
        for field in kinds.get_kind(content["kind"]).fields(side):
            values |= form_fields.fill(field, content["facts"].get(field.key), unresolved.get(field.key, []))
    values |= {name: str(value) for name, value in content.get("dates", {}).items()}
    for name, words in WORDS.items():
        values[name] = [{"file": item["file"], **_row_texts(item[words])} for item in content.get(name, [])]
    if side == "demand":
        values |= _demand_values(content)
    return values


def _row_texts(texts: dict[str, str]) -> dict[str, str]:
    return {f"text_{suffix(lang)}": text for lang, text in texts.items()}


def _demand_values(content: Content) -> dict[str, Any]:
    budget = content.get("budget")
    money = form_fields.amount_and_currency(budget) if budget else ("", "")
    lang = data_lang()
    return {
        "place_text": content.get("place_text", ""),
        "budget_amount": money[0],
        "budget_currency": money[1],
        "budget_basis": (budget or {}).get("basis", "total"),
        "requirements": [{"need": row["need"], **_row_texts(row["text"])} for row in content.get("requirements", [])],
        "lines": [
            {**_row_texts(row["text"]), "quantity": row["quantity"], "unit": form_fields.unit_name(row["unit"], lang)}
            for row in content.get("lines", [])
        ],
    }
