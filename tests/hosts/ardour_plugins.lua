-- SPDX-FileCopyrightText: 2026 The Tonus developers
-- SPDX-License-Identifier: GPL-3.0-or-later
-- ardour_plugins.lua SESSION_DIR URI...: Ardour without a screen. Is each plugin listed, does it go
-- onto a stereo track with flexible I/O, do its outputs live? Prints a TAP line for each.

local words = { table.unpack (arg) }
local folder = table.remove (words, 1)
local session = create_session (folder, "plugins", 48000)
assert (session, "no session in " .. folder)

local listed = {}
for info in ARDOUR.LuaAPI.list_plugins ():iter () do
	listed[info.unique_id] = info
end

local chains = {}
for i, uri in ipairs (words) do
	local name = "track " .. i
	local entry = { uri = uri, fault = listed[uri] == nil and "not listed" or nil }
	if not entry.fault then
		session:new_audio_track (2, 2, nil, 1, name, -1, ARDOUR.TrackMode.Normal, true, false)
		local route = session:route_by_name (name)
		local plugin = ARDOUR.LuaAPI.new_plugin (session, uri, ARDOUR.PluginType.LV2, "")
		if plugin:isnil () then
			entry.fault = "refused"
		elseif route:add_processor_by_index (plugin, 0, nil, true) ~= 0 then
			entry.fault = "not added to a track"
		else
			entry.insert = plugin:to_plugininsert ()
			entry.processor = plugin
		end
	end
	chains[#chains + 1] = entry
end

-- the Dummy backend runs the plugins while the transport stands still
ARDOUR.LuaAPI.usleep (3000000)

for i, entry in ipairs (chains) do
	local outputs = 0
	if entry.insert then
		local plugin = entry.insert:plugin (0)
		local nth = 0
		for j = 0, plugin:parameter_count () - 1 do
			if plugin:parameter_is_control (j) then
				if not plugin:parameter_is_input (j) then
					local value, known = ARDOUR.LuaAPI.get_processor_param (entry.processor, nth)
					if value == nil or value ~= value then entry.fault = "an output is not a number" end
					outputs = outputs + 1
				end
				nth = nth + 1
			end
		end
		local channels = entry.insert:output_streams ():n_audio ()
		if channels < 1 then entry.fault = "it silences the track" end
	end
	print (("%s %d - Ardour runs %s%s"):format (entry.fault and "not ok" or "ok", i, entry.uri,
		entry.fault and (": " .. entry.fault) or (" (" .. outputs .. " output controls)")))
end
session:save_state ("", false, false, false, false, false)
io.stdout:flush ()
print ("DONE")
io.stdout:flush ()
os.exit (0)
