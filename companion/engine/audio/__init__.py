"""Sound in and out: rings, devices, resampling, and deviceless stand-ins for the microphone and the speaker."""
