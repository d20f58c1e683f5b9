"""`python -m tests.helpers.load_tiny`: locust, with a profile whose slots are over so soon that a test sees several."""

import runpy

from load.profiles import PROFILES, Op, StudentProfile

TINY = StudentProfile("tiny", ((Op.FRONT, 20.0),), timeout_s=0.6)

if __name__ == "__main__":
    PROFILES[TINY.name] = TINY
    runpy.run_module("locust", run_name="__main__")  # an import at the top would patch whoever asks for TINY
