/* An ALSA device that another program seems to hold: it refuses to open, as hardware does, while HELD_FILE is there,
 * and is the device "tee" otherwise. Built by tests/e2e/test_sound_at_start.py; needs no header of ALSA's. */
#include <errno.h>
#include <unistd.h>

int snd_pcm_open(void **pcm, const char *name, int stream, int mode);

int _snd_pcm_held_open(void **pcm, const char *name, void *root, void *conf, int stream, int mode) {
    (void)name, (void)root, (void)conf;
    return access(HELD_FILE, F_OK) == 0 ? -EBUSY : snd_pcm_open(pcm, "tee", stream, mode);
}

const char __snd_pcm_held_open_dlsym_pcm_001 = 0;
