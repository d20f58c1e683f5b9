"""How often one user of a load profile sends."""

from drills.load.profile import Profile


def slot_s(profile: Profile) -> float:
    """Return the seconds from one request of a user to the next one of the same user."""
    return profile.users / profile.rate_rps
