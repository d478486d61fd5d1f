"""The form macros: labels, hints, errors tied to their controls, languages, and what posts without a form object."""

from __future__ import annotations

import re

from flask import Flask
from wtforms import BooleanField, FileField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired

from marketplace.forms import BaseForm
from tests.marketplace.pages.rendering import render


class Sample(BaseForm):
    name = StringField("Name", [InputRequired("Please fill this in.")], description="As on the licence")
    note = TextAreaField("Note")
    role = RadioField("Role", [InputRequired("Please choose.")], choices=[("s", "supplier"), ("i", "institution")])
    spoken = SelectMultipleField("Languages", choices=[("yue", "Cantonese"), ("en", "English")])
    amount = StringField("Budget")
    currency = SelectField("Currency", choices=["HKD", "CNY"])
    picture = FileField("Picture")
    alt = StringField("Words for it")
    mails = BooleanField("Send me mails")


def filled(app: Flask, source: str, *, validated: bool = False, **values: str) -> str:
    with app.test_request_context("/", method="POST", data=values, headers={"Cookie": "locale=en"}):
        form = Sample()
        if validated:
            form.validate()
        return render(app, source, form=form)


def test_a_field_has_label_hint_and_control_tied_together(app: Flask) -> None:
    html = filled(app, '{{ forms.field(form.name, autocomplete="organization") }}')
    assert '<label for="name">Name</label>' in html
    assert '<span class="field-hint" id="name-hint">As on the licence</span>' in html
    control = re.findall(r"<input[^>]*>", html)[0]
    assert 'aria-describedby="name-hint"' in control
    assert 'autocomplete="organization"' in control
    assert "aria-invalid" not in control


def test_what_need_not_be_filled_in_says_so(app: Flask) -> None:
    assert '<label for="note">Note <span class="optional">(optional)</span></label>' in filled(
        app, "{{ forms.field(form.note) }}"
    )
    assert "(optional)" not in filled(app, "{{ forms.field(form.note, optional=false) }}")


def test_errors_stand_at_the_field_and_first_of_all(app: Flask) -> None:
    html = filled(app, "{{ forms.head(form) }}{{ forms.field(form.name) }}", validated=True, note="kept")
    summary, _, field = html.partition('<div class="field')
    assert 'role="alert"' in summary
    assert '<a href="#name">Name: Please fill this in.</a>' in summary
    assert '<a href="#role">Role: Please choose.</a>' in summary
    assert "csrf_token:" not in summary
    assert 'id="name-error"' in field
    assert 'aria-describedby="name-hint name-error"' in field
    assert 'aria-invalid="true"' in field


def test_a_form_without_errors_has_no_summary(app: Flask) -> None:
    html = filled(app, "{{ forms.head(form) }}")
    assert 'role="alert"' not in html
    assert re.findall(r'type="hidden" [^>]*?name="([a-z_]+)"|name="([a-z_]+)" type="hidden"', html) != []


def test_answers_form_a_group_with_a_legend(app: Flask) -> None:
    html = filled(app, "{{ forms.field(form.role) }}{{ forms.field(form.spoken) }}", role="i", spoken="en")
    assert re.findall(r"<legend>(\w+)", html) == ["Role", "Languages"]
    inputs = re.findall(r'type="(radio|checkbox)" name="(\w+)" value="(\w+)" id="([\w-]+)"( checked)?', html)
    assert [(kind, value, bool(checked)) for kind, _name, value, _id, checked in inputs] == [
        ("radio", "s", False), ("radio", "i", True), ("checkbox", "yue", False), ("checkbox", "en", True),
    ]  # fmt: skip
    assert all(f'<label class="form-check-label" for="{field[3]}">' in html for field in inputs)


def test_every_control_of_the_composed_fields_has_a_label(app: Flask) -> None:
    html = filled(
        app,
        "{{ forms.money(form.amount, form.currency) }}{{ forms.place(form.name, ['香港']) }}"
        "{{ forms.file(form.picture, form.alt) }}{{ forms.field(form.mails) }}",
    )
    controls = set(re.findall(r'<(?:input|select|textarea)[^>]* id="([\w-]+)"', html))
    assert controls == {"amount", "currency", "name", "picture", "alt", "mails"}
    assert controls == set(re.findall(r'<label[^>]* for="([\w-]+)"', html))
    assert re.search(r'<datalist id="name-list"> ?<option value="香港"></option> ?</datalist>', html)
    assert 'list="name-list"' in html


def test_languages_work_without_script(app: Flask) -> None:
    call = 'forms.languages(["zh-Hans", "en"], open=["en"], filled=["zh-Hans"])'
    html = filled(app, f"{{% call(lang) {call} %}}<p>{{{{ lang }}}}</p>{{% endcall %}}")
    blocks = re.findall(r'<details( open)?> <summary><span lang="([\w-]+)">', html)
    assert blocks == [("", "zh-Hans"), (" open", "en")]
    assert re.findall(r"<p>([\w-]+)</p>", html) == ["zh-Hans", "en"]
    assert html.count("filled in") == 1


def test_one_button_posts_with_its_token_and_values(app: Flask) -> None:
    html = filled(app, '{{ forms.post_button("/x", "Withdraw", fields={"base": 3}) }}')
    assert re.match(r'<form method="post" action="/x"', html)
    assert re.search(r'name="csrf_token" value="[^"]+"', html)
    assert '<input type="hidden" name="base" value="3">' in html
