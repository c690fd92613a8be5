// Breaks laws on purpose: tests/test_laws.sh must refuse it. It even has no licence.
#include <jack/jack.h>
