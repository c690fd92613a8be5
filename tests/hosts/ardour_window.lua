-- SPDX-FileCopyrightText: 2026 The Tonus developers
-- SPDX-License-Identifier: GPL-3.0-or-later
-- ardour_window.lua SESSION_DIR URI: a session with one track that carries the plugin. Prints DONE.

local dir, uri = arg[1], arg[2]
local s = create_session (dir, "session", 48000)
assert (s)
s:new_audio_track (2, 2, nil, 1, "in", -1, ARDOUR.TrackMode.Normal, false, false)
local track = s:route_by_name ("in") -- in 7.3 the object in the list that new_audio_track returns crashes
local p = ARDOUR.LuaAPI.new_plugin (s, uri, ARDOUR.PluginType.LV2, "")
assert (p and not p:isnil ())
assert (track:add_processor_by_index (p, 0, nil, true) == 0)
s:save_state ("", false, false, false, false, false)
print ("DONE")
io.stdout:flush ()
os.exit (0)
