"""Questions to the embedded index as SQL: conditions, FTS5 expressions and the statements made of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from search.engines.base import AnyOf, Clause, Codes, Condition, Filter, Numbers, Order, Selection
from search.engines.sieve import Summand, summands
from search.engines.sqlite_tables import Tables, column
from search.schema import Schema

# Facets longer than this are cut, the commonest values first.
FACET_VALUES = 500


@dataclass
class Parameters:
    """Values bound to a statement, by generated names."""

    values: dict[str, object] = field(default_factory=dict)

    def add(self, value: object) -> str:
        """The placeholder of a value."""
        name = f"p{len(self.values)}"
        self.values[name] = value
        return f":{name}"


def quoted(tokens: Iterable[str]) -> str:
    """A phrase, or one token, for an FTS5 expression."""
    return '"' + " ".join(tokens).replace('"', '""') + '"'


def any_term(name: str, terms: Iterable[str]) -> str:
    """An FTS5 expression: the column holds one of the terms."""
    return f"{name} : ({' OR '.join(quoted((term,)) for term in terms)})"


def clause_expression(clause: Clause, *, title: bool = False, own: bool = True, concepts: bool = True) -> str:
    """An FTS5 expression for a clause, in the title alone or anywhere.

    As itself, by concept, or either. Empty if it asks nothing.
    """
    prefix = "title_" if title else ""
    terms = [*(clause.words if own else ()), *(clause.concepts if concepts else ())]
    parts = [any_term(f"{prefix}words", terms)] if terms else []
    if own and clause.phrase:
        parts.append(f"{prefix}chars : {quoted(clause.phrase)}")
    if own and clause.exact and not title:
        parts.append(any_term("exact", clause.exact))
    return " OR ".join(f"({part})" for part in parts)


def expression(selection: Selection) -> str:
    """The FTS5 expression of everything a selection finds; empty if it asks for no words."""
    required = " AND ".join(f"({clause_expression(clause)})" for clause in selection.clauses)
    whole = any_term("exact", selection.whole) if selection.whole else ""
    return f"({required}) OR ({whole})" if required and whole else required or whole


def condition_sql(condition: Condition, tables: Tables, schema: Schema, parameters: Parameters) -> str:
    """A condition about the row `d` of `docs`."""
    if isinstance(condition, Codes):
        values = ", ".join(parameters.add(value) for value in condition.values)
        code = schema.code(condition.field)
        if code is not None and code.single:
            return f"d.{column(code)} IN ({values})"
        name = parameters.add(condition.field)
        within = f"c.doc = d.doc AND c.field = {name} AND c.value IN ({values})"
        return f"EXISTS (SELECT 1 FROM {tables.codes} c WHERE {within})"
    if isinstance(condition, Numbers):
        bounds = [f"d.{condition.field} IS NOT NULL"]
        if condition.at_least is not None:
            bounds.append(f"d.{condition.field} >= {parameters.add(condition.at_least)}")
        if condition.at_most is not None:
            bounds.append(f"d.{condition.field} <= {parameters.add(condition.at_most)}")
        return f"({' AND '.join(bounds)})"
    joint, neutral = (" OR ", "0") if isinstance(condition, AnyOf) else (" AND ", "1")
    parts = [condition_sql(part, tables, schema, parameters) for part in condition.conditions]
    return f"({joint.join(parts)})" if parts else neutral


def _filtered(text: str, filter: Filter, tables: Tables, schema: Schema, parameters: Parameters) -> str:
    """SELECT of the documents that pass.

    With words the plan must begin with them: CROSS JOIN keeps SQLite from turning it round.
    """
    conditions = [condition_sql(condition, tables, schema, parameters) for condition in filter.conditions.values()]
    where = " AND ".join(["d.deleted_at IS NULL", *conditions])
    source = f"{text} t CROSS JOIN {tables.docs} d ON d.doc = t.doc" if text else f"{tables.docs} d"
    return f"SELECT d.doc AS doc FROM {source} WHERE {where}"


def _opening(selection: Selection, tables: Tables, schema: Schema, parameters: Parameters) -> tuple[list[str], str]:
    """Common table expressions for the words (`t`) and for everything found (`h`), and the name of the former if
    there is one.
    """
    words = expression(selection)
    ctes = []
    if words:
        ctes.append(
            f"t(doc) AS MATERIALIZED "
            f"(SELECT rowid FROM {tables.text} WHERE {tables.text} MATCH {parameters.add(words)})"
        )
    text = "t" if words else ""
    ctes.append(f"h(doc) AS MATERIALIZED ({_filtered(text, selection.filter, tables, schema, parameters)})")
    return ctes, text


# The part of a row that names what it counts: the total, or one of the slice; facets go by their names.
TOTAL, SLICE = "=", "#"


def select(selection: Selection, tables: Tables, schema: Schema) -> tuple[str, dict[str, object]]:
    """One statement for everything, so that what was found is worked out once.

    Its rows are (part, value, number): (TOTAL, None, how many), (facet, value, how many) in order of number,
    (SLICE, id, doc) in the selection's order. A facet whose own filter is set counts what is found without it.
    """
    parameters = Parameters()
    ctes, text = _opening(selection, tables, schema, parameters)
    parts = [f"SELECT '{TOTAL}' AS part, NULL AS value, COUNT(*) AS number FROM h"]
    for at, facet in enumerate(selection.facets):
        found = "h"
        name = filter_of(facet)
        if name in selection.filter.conditions:
            found = f"h{at}"
            lifted = _filtered(text, selection.filter.without(name), tables, schema, parameters)
            ctes.append(f"{found}(doc) AS MATERIALIZED ({lifted})")
        parts.append(_facet(facet, found, tables, schema, parameters))
    if selection.limit:
        parts.append(_slice(selection, ctes, tables, schema, parameters))
    return f"WITH {', '.join(ctes)} {' UNION ALL '.join(parts)}", parameters.values


def _facet(facet: str, found: str, tables: Tables, schema: Schema, parameters: Parameters) -> str:
    code = schema.code(facet)
    label = parameters.add(facet)
    if code is not None and code.single:
        value = f"d.{column(code)}"
        source = f"{found} CROSS JOIN {tables.docs} d ON d.doc = {found}.doc WHERE {value} IS NOT NULL"
    else:
        value = "c.value"
        source = f"{found} CROSS JOIN {tables.codes} c ON c.doc = {found}.doc AND c.field = {label}"
    return (
        f"SELECT * FROM (SELECT {label} AS part, {value} AS value, COUNT(*) AS number FROM {source} "
        f"GROUP BY {value} ORDER BY number DESC, value LIMIT {FACET_VALUES})"
    )


def _slice(selection: Selection, ctes: list[str], tables: Tables, schema: Schema, parameters: Parameters) -> str:
    """SELECT of the slice; adds to the common table expressions what each document weighs."""
    limit, offset = parameters.add(selection.limit), parameters.add(selection.offset)
    if selection.order is not None:
        found, order = "h", _order_by(selection.order, schema)
    else:
        weighed = [(_summand_expression(part), part.weight) for part in summands(selection)]
        # Where all that was found fits into the slice nothing need be weighed: the scorer orders it.
        needed = f"(SELECT COUNT(*) FROM h) > {limit}"
        rows = ["SELECT doc, 0 AS weight, 1 AS found FROM h", *_weights(weighed, tables, parameters, needed)]
        # One pass over a union: a join of the found with their weights would be a loop in a loop.
        ctes.append(
            f"s(doc, weight) AS MATERIALIZED (SELECT doc, SUM(weight) FROM ({' UNION ALL '.join(rows)}) "
            "GROUP BY doc HAVING SUM(found) > 0)"
        )
        found, order = "s", "s.weight DESC, d.length, d.id"
    return (
        f"SELECT * FROM (SELECT '{SLICE}' AS part, d.id AS value, d.doc AS number FROM {found} "
        f"CROSS JOIN {tables.docs} d ON d.doc = {found}.doc ORDER BY {order} LIMIT {limit} OFFSET {offset})"
    )


def filter_of(facet: str) -> str:
    """The name of the filter that a facet's values set: the same, but for places, which are counted by signature."""
    return "place" if facet == "places" else facet


def existence(selection: Selection, tables: Tables, schema: Schema) -> tuple[str, dict[str, object]]:
    """One row: 1 if the selection finds anything."""
    parameters = Parameters()
    ctes, _text = _opening(selection, tables, schema, parameters)
    return f"WITH {', '.join(ctes)} SELECT EXISTS (SELECT 1 FROM h)", parameters.values


def _summand_expression(part: Summand) -> str:
    if part.clause is None:
        return any_term("exact", part.exact)
    return clause_expression(part.clause, title=part.title, own=part.own, concepts=not part.own)


def _order_by(order: Order, schema: Schema) -> str:
    parts = []
    for name, descending in order.fields:
        code = schema.code(name)
        parts.append(f"d.{column(code) if code else name} {'DESC' if descending else 'ASC'} NULLS LAST")
    return ", ".join([*parts, "d.id"])


def _weights(weighed: list[tuple[str, int]], tables: Tables, parameters: Parameters, needed: str = "1") -> list[str]:
    """A SELECT of (doc, weight, 0) for each expression; of nothing unless the condition `needed` holds."""
    return [
        f"SELECT rowid AS doc, {parameters.add(weight)} AS weight, 0 AS found FROM {tables.text} "
        f"WHERE {needed} AND {tables.text} MATCH {parameters.add(words)}"
        for words, weight in weighed
    ]


def postings(tables: Tables) -> str:
    """A statement for the numbers of the documents that hold `:term` (`holding`), as one text "3,5,8"."""
    return f"SELECT group_concat(rowid) FROM {tables.text} WHERE {tables.text} MATCH :term"


def holding(name: str, term: str) -> str:
    """An FTS5 expression: the column holds the term."""
    return f"{name} : {quoted((term,))}"


def passing(filter: Filter, tables: Tables, schema: Schema) -> tuple[str, dict[str, object]]:
    """Rows (doc, id, length) of the documents among `:docs`, a JSON array of their numbers, that pass.

    CROSS JOIN: the plan must begin with the numbers.
    """
    parameters = Parameters()
    conditions = [condition_sql(condition, tables, schema, parameters) for condition in filter.conditions.values()]
    where = " AND ".join(["d.deleted_at IS NULL", *conditions])
    return (
        f"SELECT d.doc, d.id, d.length FROM json_each(:docs) j CROSS JOIN {tables.docs} d ON d.doc = j.value "
        f"WHERE {where}",
        parameters.values,
    )
