"""Words for what is kept as codes: parts, choices, reasons, rules."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from marketplace.forms import add_error_texts

PARTS = {
    "presentation": _l("Buyers present their needs"), "pitch": _l("Suppliers pitch"),
    "tables": _l("Meetings at tables"),
    "booth": _l("Meetings at the supplier's stand"), "one_buyer": _l("One buyer meets several suppliers"),
    "route": _l("Guided route past the stands"), "signing": _l("Signing"), "meeting": _l("Meeting"),
}
CHOICES = {"must": _l("Must meet"), "would": _l("Would meet"), "no": _l("No thanks"), "": _l("No wish")}
ACCEPTS = {"all": _l("All requests"), "matched": _l("Only of suppliers that fit our demands"),
           "invited": _l("Only of suppliers we wish to meet"), "none": _l("None at this session")}
DECLINES = {"no_fit": _l("It does not fit our need or offer"), "no_time": _l("We have no time left"),
            "met_already": _l("We know each other already"), "other": _l("Another reason")}
REQUEST_STATES = {"open": _l("waits for an answer"), "accepted": _l("accepted"), "declined": _l("declined"),
                  "withdrawn": _l("withdrawn"), "expired": _l("lapsed without an answer")}
PLAN_STATES = {"waiting": _l("waits for the worker"), "running": _l("is being made"), "draft": _l("draft"),
               "provisional": _l("provisional"), "published": _l("published"), "replaced": _l("replaced"),
               "failed": _l("failed")}
MODES = {"new": _l("A new plan: everything that is not pinned may move"),
         "newcomers": _l("Newcomers: whatever stands stays, free slots are filled"),
         "repair": _l("Repair: without those who did not come, moving as little as possible")}
# Why a pair does not meet, and what stops it in a slot.
REASONS = {
    "no_common_slot": _l("they have no slot in common"), "absent": _l("one of them did not come"),
    "pin_impossible": _l("its pinned slot cannot be kept"), "limit": _l("one of them has all the meetings it may have"),
    "tables": _l("no table is free"), "interpreter": _l("no interpreter is free"), "busy": _l("one of them is busy"),
    "break": _l("it would be too many meetings in a row"), "walking": _l("there is no time to walk between zones"),
    "unavailable": _l("one of them is away"), "over": _l("this slot is over"), "by_hand": _l("taken out by hand"),
}
RULES = {
    **REASONS, "history": _l("what has begun cannot change"), "pair_twice": _l("they would meet twice"),
    "unknown_pair": _l("they are no pair of this plan: one said no, or they do not fit"),
    "unknown_slot": _l("there is no such slot"), "pin": _l("a pin is not kept"), "zone": _l("it is not their zone"),
    "kept_table": _l("a meeting that stays would lose its table"),
}
WEIGHTS = {
    "match": _l("Each point of the match"), "buyer_must": _l("The buyer must meet"),
    "buyer_would": _l("The buyer would meet"), "supplier_must": _l("The supplier must meet"),
    "supplier_would": _l("The supplier would meet"), "both": _l("Both sides wish it"),
    "request": _l("An accepted request"), "shortfall": _l("Lost for each meeting missing to a minimum"),
}
STAGES = {
    "greedy": _l("a first plan"), "constructed": _l("placing the pairs"), "search": _l("improving"),
    "searched": _l("closing gaps"),
}

FEEDBACK = {"not_held": _l("It did not take place"), "no_interest": _l("Not of enough interest"),
            "informative": _l("Informative, no cooperation planned"), "possible": _l("Cooperation possible")}
OUTCOMES = {"intent": _l("Intent"), "signed": _l("Signed"), "delivered": _l("Delivered and accepted"),
            "in_use": _l("In use"), "lapsed": _l("Lapsed")}
STEPS = {"demands": _l("Demands"), "matches": _l("Pairs that fit"), "requests": _l("Requests"),
         "meetings": _l("Meetings"), "held": _l("Held, by feedback"), "follow_up": _l("Cooperation possible"),
         "outcomes": _l("Meetings with an outcome")}

add_error_texts({
    "too_early": _l("This meeting has not begun yet."),
    "not_on_five_minutes": _l("Please give a number of minutes that five divides."),
    "not_a_time": _l("Please give times on the five minutes, for example 09:30 or 12:00-13:00."),
    "outside_the_event": _l("This day is not one of the event's."),
    "fewest_above_most": _l("The fewest cannot be more than the most."),
    "no_booth": _l("Without a stand there is nobody to visit."),
    "request_open": _l("A request between the two is open or accepted already."),
    "requests_closed": _l("This buyer does not take such requests at this session."),
    "quota_reached": _l("You have sent all %(maximum)s requests that the session allows."),
    "request_over": _l("This request was answered, taken back or has lapsed meanwhile."),
    "not_your_turn": _l("The other side answers next."),
    "double_booked": _l("Somebody was quicker: one of you, the table or the interpreter is taken at this time. "
                        "Propose another."),
    "tables_full": _l("All tables are taken at this time. Propose another."),
    "over_limit": _l("One of you has all the meetings it may have at this session."),
    "too_many_in_a_row": _l("It would be too many meetings in a row for one of you. Propose another time."),
    "no_time_to_walk": _l("One of you would have no time to walk between two zones. Propose another time."),
    "no_interpreter": _l("You need an interpreter, and none is free at this time. Propose another."),
    "plan_is_shown": _l("This plan is shown already or was replaced. Copy it to go on from it."),
    "plan_changed": _l("Somebody changed this plan since you looked at it. Look at the changes again."),
    "plan_broken": _l("This plan breaks %(count)s hard rules. Mend it first."),
    "somebody_left": _l("Somebody in this plan takes no part any more. Have it made anew."),
    "part_has_meetings": _l("Meetings stand in this part. Publish a plan without them first."),
    "part_too_short": _l("Only %(fit)s turns fit into this part."),
    "has_meetings": _l("This person has meetings. Have them moved or cancelled first."),
})
