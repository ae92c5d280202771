"""What became of synthetic crimes: the official outcomes, less settled the newer the month."""

from itertools import accumulate

NO_SUSPECT = "Investigation complete; no suspect identified"
UNABLE = "Unable to prosecute suspect"
OPEN = "Under investigation"
OUTCOMES = (
    NO_SUSPECT,
    UNABLE,
    "Awaiting court outcome",
    "Court result unavailable",
    "Local resolution",
    "Offender given a caution",
    "Action to be taken by another organisation",
    "Further investigation is not in the public interest",
    "Formal action is not in the public interest",
    OPEN,
)
# Of a hundred settled crimes, in the order of OUTCOMES without the last.
USUAL = (44, 33, 4, 8, 3, 2, 3, 1, 2)
BY_TYPE = {
    "Violence and sexual offences": (12, 66, 5, 8, 2, 2, 2, 1, 2),
    "Shoplifting": (46, 17, 6, 18, 8, 2, 1, 1, 1),
    "Drugs": (6, 14, 10, 28, 26, 11, 1, 1, 3),
    "Possession of weapons": (12, 24, 18, 36, 3, 5, 0, 1, 1),
    "Public order": (28, 46, 5, 11, 3, 2, 2, 1, 2),
    "Vehicle crime": (85, 8, 2, 3, 0, 0, 1, 1, 0),
    "Bicycle theft": (87, 8, 1, 2, 0, 0, 1, 1, 0),
    "Burglary": (78, 12, 3, 5, 0, 0, 1, 1, 0),
}
# Per cent still under investigation, from the newest month of a file backwards; then nothing.
STILL_OPEN = (47, 31, 19, 9, 3)


def outcome_weights(crime_type: str, age: int) -> list[int]:
    """Return running weights of `OUTCOMES` for crimes recorded `age` months before the file's newest."""
    still_open = STILL_OPEN[age] if age < len(STILL_OPEN) else 0
    settled = BY_TYPE.get(crime_type, USUAL)
    return list(accumulate([*(share * (100 - still_open) for share in settled), still_open * sum(settled)]))
