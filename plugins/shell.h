// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// What all plugins share: ports, the cutting of a block at its events, and MIDI out.
///
/// A plugin's struct begins with a Shell. Its run() calls shell_run(), which walks through the
/// block: at each incoming event it passes MIDI on and tells the plugin; between the events it
/// calls the plugin's `process` with at most SHELL_CHUNK frames. What happens "now" in a handler
/// happens at the first frame of the next `process`. So a plugin sees the same calls at the same
/// frames whatever the host's block size is, but for the cutting of the segments.
///
/// Threading: shell_init() and shell_activate() belong to the instantiation class, all else to the
/// audio class; those are real-time safe: no allocation, no lock, no system call, bounded time.
#ifndef PLUGINS_SHELL_H
#define PLUGINS_SHELL_H

#include "plugins/port.h"
#include "plugins/shell_ui.h"

#include <lv2/atom/atom.h>
#include <lv2/atom/forge.h>
#include <lv2/core/lv2.h>
#include <lv2/urid/urid.h>

#include <stdbool.h>
#include <stdint.h>

#define SHELL_MAX_PORTS 128
#define SHELL_CHUNK     256u /* frames: the most that `process` is given at once */
#define SHELL_QUEUE     96   /* MIDI messages that may wait for their frame */

typedef struct {
    LV2_URID atom_Blank, atom_Float, atom_Object, atom_Sequence, midi_MidiEvent;
    LV2_URID patch_Get, patch_Set, patch_property, patch_value;
} ShellUrids;

typedef struct {
    uint64_t frame;    ///< since activation
    LV2_URID object;   ///< not 0: an object of this class instead of a MIDI message
    LV2_URID property; ///< not 0: the object is a patch:Set of this property
    const char* text;  ///< its value
    uint8_t size;
    uint8_t bytes[3];
} ShellMessage;

typedef struct {
    /// A MIDI message of 1..3 bytes arrives now. NULL: not wanted. It has been passed on already.
    void (*midi)(void* plugin, const uint8_t* bytes, uint32_t size);
    /// Any other atom of the input sequence arrives now. NULL: not wanted.
    void (*atom)(void* plugin, const LV2_Atom* atom);
    /// Frames [offset, offset + n) of the block, 1 <= n <= SHELL_CHUNK.
    void (*process)(void* plugin, uint32_t offset, uint32_t n);
} ShellCalls;

struct Shell {
    const PortInfo* info;
    uint32_t n_ports;
    void* port[SHELL_MAX_PORTS];
    uint32_t events_in, events_out, enabled, channel; ///< indices of ports; n_ports: there is none
    double rate;                                      ///< Hz
    LV2_URID_Map* map;
    ShellUrids urid;
    uint64_t now;         ///< frames since activation, at the first frame of the current segment
    uint64_t block_start; ///< likewise, of the current block
    bool muted;           ///< own messages but the ends of held notes are swallowed (bypass)
    int on_channel;       ///< what `channel` was in the last block, 0: there was none
    uint8_t held[16][16]; ///< own notes begun and not ended: a bit per note, by channel
    uint32_t lost;        ///< messages that found no room, since activation
    uint32_t n_waiting;
    ShellMessage waiting[SHELL_QUEUE]; ///< by frame, then by the order of sending
    LV2_Atom_Forge forge;
    uint32_t capacity; ///< bytes of the output sequence's buffer, 0: no output sequence
    ShellUi ui;
    struct ShellState* state;    ///< what is kept in the session; NULL: nothing by shell_state.h
    struct ShellInline* display; ///< the small picture in a mixer; NULL: this plugin has none
};

/// Takes the port table (generated) and the features.
/// False: the host lacks urid:map, or the rate is not a number above 0.
bool shell_init(Shell* shell, const PortInfo* info, uint32_t n_ports, double rate_hz,
                const LV2_Feature* const* features);

/// The clock to 0, nothing waiting.
void shell_activate(Shell* shell);

/// For LV2_Descriptor.connect_port; the handle's struct begins with a Shell. [realtime]
void shell_connect_port(LV2_Handle handle, uint32_t index, void* data);

/// One block, see above. n_frames may be 0. [realtime]
void shell_run(Shell* shell, void* plugin, const ShellCalls* calls, uint32_t n_frames);

/// A control input's value: NaN and an unconnected port read as the default, and it is clamped
/// to the port's range. [realtime]
float shell_control(const Shell* shell, uint32_t index);

/// The same, rounded to the nearest integer (switches, enumerations). [realtime]
int shell_choice(const Shell* shell, uint32_t index);

/// Sets a control output, clamped to its range; what is not finite becomes the default. [realtime]
void shell_show(Shell* shell, uint32_t index, double value);

/// Copies an audio input's frames; zeros when it is not connected. [realtime]
void shell_read(const Shell* shell, uint32_t index, uint32_t offset, uint32_t n, float* to);

/// Writes frames to an audio output, when it is connected; what is not finite, or subnormal, leaves
/// as 0. [realtime]
void shell_write(Shell* shell, uint32_t index, uint32_t offset, uint32_t n, const float* from);

/// Sends a MIDI message of 1..3 bytes at `frames` after the current segment's first frame. Messages
/// leave in the order of their frames, also beyond this block. [realtime]
void shell_send(Shell* shell, uint32_t frames, const uint8_t* bytes, uint32_t size);

/// Sends an object without properties of the class `object` at `frames` after the current segment's
/// first frame, in order with the messages. Swallowed where there is no room. [realtime]
void shell_tell(Shell* shell, uint32_t frames, LV2_URID object);

/// Sends a text as the new value of a property (patch:Set), likewise. `text` must stay as it is for
/// the next SHELL_CHUNK frames. [realtime]
void shell_tell_text(Shell* shell, uint32_t frames, LV2_URID property, const char* text);

/// The same at once, in answer to the message or atom that has just arrived; not where that would
/// take the room of the plugin's own messages. [realtime]
void shell_answer_text(Shell* shell, LV2_URID property, const char* text);

/// A property's value that lies whole within the object; NULL: there is none. (lv2_atom_object_get
/// trusts the sizes that it reads.) [realtime]
const LV2_Atom* shell_property(const LV2_Atom_Object* object, LV2_URID key);

/// The room left in the output sequence, in bytes, for objects beside MIDI. [realtime]
uint32_t shell_room(const Shell* shell);

#endif
