"""What people do with skills: one function per sentence of the business.

`evidence` is what people showed; `profiles` is what roles ask; `skills` are an organisation's own
skills and names, `merging` what to do when two are one; `frameworks` takes in ESCO and O*NET;
`counts` keeps the figures behind the need map, `ahead` those of the look ahead; `fading` says how
fast what people can fades.
"""

from gezel.skills.actions.ahead import work_out_ahead
from gezel.skills.actions.counts import count_needs, mark_stale, recompute_organisation, recount
from gezel.skills.actions.evidence import (
    GivenPiece,
    add_evidence,
    add_evidence_of_many,
    answer_request,
    ask_view,
    close_request,
    correct,
    estimate_anew,
    rate_oneself,
    recompute,
    vouch,
)
from gezel.skills.actions.fading import check_fading, set_fading
from gezel.skills.actions.findable import (
    forget_aliases,
    make_aliases_findable,
    make_all_findable_anew,
    make_skills_findable,
)
from gezel.skills.actions.fits import fit_groups, fit_ratings
from gezel.skills.actions.forgetting import forget_old
from gezel.skills.actions.frameworks import TakenIn, Tally, import_esco, import_onet
from gezel.skills.actions.merging import merge_skill, preview_merge, separate_skill
from gezel.skills.actions.objections import decide_objection, object_to, withdraw_objection
from gezel.skills.actions.profiles import (
    Moved,
    OlderPicture,
    Saved,
    begin_profile,
    copy_profile,
    remove_profile,
    save_profile,
    take_over,
)
from gezel.skills.actions.showing import (
    begin_and_end_showing,
    choose_what_counts,
    end_showing,
    estimate_for,
    let_count,
)
from gezel.skills.actions.skills import (
    change_skill,
    confirm_alias,
    make_skill,
    name_skills,
    remove_alias,
)

__all__ = [
    "GivenPiece",
    "Moved",
    "OlderPicture",
    "Saved",
    "TakenIn",
    "Tally",
    "add_evidence",
    "add_evidence_of_many",
    "answer_request",
    "ask_view",
    "begin_and_end_showing",
    "begin_profile",
    "change_skill",
    "check_fading",
    "choose_what_counts",
    "close_request",
    "confirm_alias",
    "copy_profile",
    "correct",
    "count_needs",
    "decide_objection",
    "end_showing",
    "estimate_anew",
    "estimate_for",
    "fit_groups",
    "fit_ratings",
    "forget_aliases",
    "forget_old",
    "import_esco",
    "import_onet",
    "let_count",
    "make_aliases_findable",
    "make_all_findable_anew",
    "make_skill",
    "make_skills_findable",
    "mark_stale",
    "merge_skill",
    "name_skills",
    "object_to",
    "preview_merge",
    "rate_oneself",
    "recompute",
    "recompute_organisation",
    "recount",
    "remove_alias",
    "remove_profile",
    "save_profile",
    "separate_skill",
    "set_fading",
    "take_over",
    "vouch",
    "withdraw_objection",
    "work_out_ahead",
]
