-- SPDX-FileCopyrightText: 2026 The Tonus developers
-- SPDX-License-Identifier: GPL-3.0-or-later
-- A template for new Ardour sessions. Copy it to ~/.config/ardour7/scripts; it then stands in the
-- dialogue "New Session" among the templates. What runs (tonus-bridge, a microphone) is connected.
ardour {
	["type"]    = "SessionInit",
	name        = "Tonus",
	author      = "The Tonus developers",
	description = [[Sessions with Tonus: one person relaxing, humming with music, two people, a research take]]
}

function factory () return function ()
	local uses = {
		["One person relaxing"] = 1, ["Humming with music"] = 2, ["Two people"] = 3, ["Research take"] = 4,
	}

	-- a track with plugins, monitored; with MIDI in where it is wanted
	local function track (name, channels, midi, plugins)
		Session:new_audio_track (channels, 2, nil, 1, name, -1, ARDOUR.TrackMode.Normal, false, false)
		local route = Session:route_by_name (name)
		assert (route and not route:isnil (), "no track " .. name)
		route:set_strict_io (false)
		if midi then
			route:input ():add_port ("", nil, ARDOUR.DataType ("midi"))
		end
		for i, uri in ipairs (plugins) do
			local plugin = ARDOUR.LuaAPI.new_plugin (Session, uri, ARDOUR.PluginType.LV2, "")
			assert (not plugin:isnil (), "Tonus is not installed where Ardour looks: " .. uri)
			assert (route:add_processor_by_index (plugin, i - 1, nil, true) == 0, "not added: " .. uri)
		end
		route:monitoring_control ():set_value (1, PBD.GroupControlDisposition.NoGroup) -- input
		return route
	end

	local function control (route, nth, symbol_name, value)
		local processor = route:nth_plugin (nth)
		local plugin = processor:to_insert ():plugin (0)
		local at = 0
		for j = 0, plugin:parameter_count () - 1 do
			if plugin:parameter_is_control (j) then
				if plugin:parameter_label (j) == symbol_name then
					assert (ARDOUR.LuaAPI.set_processor_param (processor, at, value))
					return
				end
				at = at + 1
			end
		end
		error ("no control " .. symbol_name)
	end

	-- silently leaves out what is not there
	local function wire (route, input, port)
		if not Session:engine ():get_port_by_name (port):isnil () then
			route:input ():nth (input):connect (port)
		end
	end

	local function midi (from, to)
		for i = 0, from:output ():n_ports ():n_total () - 1 do
			local port = from:output ():nth (i)
			if port:to_midiport () and not port:to_midiport ():isnil () then
				for k = 0, to:input ():n_ports ():n_total () - 1 do
					local target = to:input ():nth (k)
					if target:to_midiport () and not target:to_midiport ():isnil () then
						port:connect (target:name ())
						return
					end
				end
			end
		end
	end

	local use = tonus_use -- by a script without a screen
	if not use then
		local answer = LuaDialog.Dialog ("Tonus", {
			{ type = "dropdown", key = "use", title = "What for?", values = uses, default = "One person relaxing" },
		}):run ()
		if not answer then return end
		use = answer["use"]
	end

	if use == 1 then
		local person = track ("Tonus", 2, false, { "urn:tonus:relax" })
		wire (person, 0, "tonus-bridge:ECG")
		wire (person, 1, "system:capture_1")
	elseif use == 2 then
		local heart = track ("Heart", 1, false, { "urn:tonus:beat", "urn:tonus:breath", "urn:tonus:hrv" })
		local voice = track ("Voice", 1, false, { "urn:tonus:hum" })
		local music = track ("Music", 2, true, { "urn:tonus:swell" })
		local drone = track ("Drone", 2, true, { "urn:tonus:drone" })
		wire (heart, 0, "tonus-bridge:ECG")
		wire (voice, 0, "system:capture_1")
		midi (heart, music)
		midi (heart, drone)
		midi (voice, drone)
	elseif use == 3 then
		local one = track ("Person A", 2, false, { "urn:tonus:relax" })
		local other = track ("Person B", 2, false, { "urn:tonus:relax" })
		control (one, 0, "Root", 110) -- Hz: A2
		control (other, 0, "Root", 165) -- Hz: a fifth above
		wire (one, 0, "tonus-bridge:A ECG")
		wire (other, 0, "tonus-bridge:B ECG")
	elseif use == 4 then
		local person = track ("Tonus", 2, false, { "urn:tonus:relax" })
		local take = track ("Take", 3, true, { "urn:tonus:recorder" })
		wire (person, 0, "tonus-bridge:ECG")
		wire (take, 0, "tonus-bridge:ECG")
		for i = 0, 1 do
			person:output ():nth (i):connect (take:input ():nth (1 + i):name ())
		end
		midi (person, take)
	else
		error ("no such use")
	end
	Session:save_state ("", false, false, false, false, false)
end end
