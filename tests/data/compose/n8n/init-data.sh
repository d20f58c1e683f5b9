#!/bin/bash
# Makes the user without rights of its own.
