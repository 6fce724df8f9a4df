"""The names of cmi5: verbs, categories, extensions, types of activity."""

_ADL = "http://adlnet.gov/expapi/verbs/"
_ADL_NEWER = "https://w3id.org/xapi/adl/verbs/"
_CMI5 = "https://w3id.org/xapi/cmi5/"

# The verbs of section 9.3, by the word that stands for them here.
VERBS = {
    "launched": f"{_ADL}launched",
    "initialized": f"{_ADL}initialized",
    "completed": f"{_ADL}completed",
    "passed": f"{_ADL}passed",
    "failed": f"{_ADL}failed",
    "terminated": f"{_ADL}terminated",
    "abandoned": f"{_ADL_NEWER}abandoned",
    "waived": f"{_ADL_NEWER}waived",
    "satisfied": f"{_ADL_NEWER}satisfied",
}
WORDS = {iri: word for word, iri in VERBS.items()}
VOIDED = f"{_ADL}voided"

CMI5_CATEGORY = f"{_CMI5}context/categories/cmi5"
MOVE_ON_CATEGORY = f"{_CMI5}context/categories/moveon"

SESSION_ID = f"{_CMI5}context/extensions/sessionid"
MASTERY_SCORE = f"{_CMI5}context/extensions/masteryscore"
LAUNCH_MODE = f"{_CMI5}context/extensions/launchmode"
LAUNCH_URL = f"{_CMI5}context/extensions/launchurl"
MOVE_ON = f"{_CMI5}context/extensions/moveon"
LAUNCH_PARAMETERS = f"{_CMI5}context/extensions/launchparameters"
REASON = f"{_CMI5}result/extensions/reason"

COURSE = f"{_CMI5}activitytype/course"
BLOCK = f"{_CMI5}activitytype/block"
# Of what is ours; ADL's word for it.
MODULE = "http://adlnet.gov/expapi/activities/module"

LAUNCH_DATA = "LMS.LaunchData"
PREFERENCES = "cmi5LearnerPreferences"

MODES = ("Normal", "Browse", "Review")
# Why a unit may be waived (9.5.5.2), in the specification's own words.
REASONS = ("Tested Out", "Equivalent AU", "Equivalent Outside Activity", "Administrative")
