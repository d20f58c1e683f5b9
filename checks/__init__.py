"""The checks of the UP Schedule Generator: what only this system promises, beside the parts that any system has."""
