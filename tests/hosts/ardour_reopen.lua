-- SPDX-FileCopyrightText: 2026 The Tonus developers
-- SPDX-License-Identifier: GPL-3.0-or-later
-- ardour_reopen.lua DIR NAME: opens a session again and tells its tracks, their plugins and what
-- MIDI they pass on.
local words = { table.unpack (arg) }
local session = load_session (words[1], words[2])
assert (session, "cannot be opened again")
for route in session:get_routes ():iter () do
	local plugins = {}
	while not route:nth_plugin (#plugins):isnil () do
		plugins[#plugins + 1] = route:nth_plugin (#plugins):to_insert ():plugin (0):unique_id ()
	end
	local midi = ""
	for i = 0, route:output ():n_ports ():n_total () - 1 do
		local port = route:output ():nth (i)
		if port:to_midiport () and not port:to_midiport ():isnil () and port:connected () then midi = " midi" end
	end
	print ("track " .. route:name () .. ": " .. table.concat (plugins, " ") .. midi)
end
print ("DONE")
io.stdout:flush ()
os.exit (0)
