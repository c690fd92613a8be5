-- SPDX-FileCopyrightText: 2026 The Tonus developers
-- SPDX-License-Identifier: GPL-3.0-or-later
-- ardour_plugins.lua WORK SESSION_DIR IN.wav OUT.wav URI=CHANNELS...: every plugin in Ardour, without a screen.
--
-- WORK flexible or strict: each plugin goes onto a track of its own, CHANNELS wide, that plays IN.wav (mono, 32-bit
-- float), with flexible or strict I/O. It is set, rolls in real time for some seconds, the session is saved, and 30 s
-- are exported. WORK reopen: is all of that still in the saved session?
-- Prints a TAP line for each plugin and DONE.
--
-- The headless Lua has no import. So an empty track is bounced, which makes a silent source of the right length; its
-- data are overwritten in place; and the region goes on all playlists.

local words = { table.unpack (arg) }
local work, folder = table.remove (words, 1), table.remove (words, 1)
local wav_in, wav_out = table.remove (words, 1), table.remove (words, 1)
local ROLL_S = 28 -- at most
local CHANNEL = 7 -- the value that must come back

local function die (m)
	print ("not ok - " .. m)
	io.stdout:flush ()
	os.exit (1)
end

-- where the data of a mono float WAV begin, their bytes, the sample rate
local function wav_data (path)
	local f = io.open (path, "rb")
	if not f then die ("cannot read " .. path) end
	f:seek ("set", 12)
	local rate
	while true do
		local chunk = f:read (8)
		if not chunk or #chunk < 8 then die ("no data in " .. path) end
		local id, len = chunk:sub (1, 4), string.unpack ("<I4", chunk, 5)
		if id == "data" then
			local start = f:seek ()
			f:close ()
			return start, len, rate
		end
		local body = f:read (len + len % 2)
		if id == "fmt " then rate = string.unpack ("<I4", body, 5) end
	end
end

-- calls f (number, label, is_input) for each control of a plugin
local function each_control (plugin, f)
	local nth = 0
	for j = 0, plugin:parameter_count () - 1 do
		if plugin:parameter_is_control (j) then
			f (nth, plugin:parameter_label (j), plugin:parameter_is_input (j))
			nth = nth + 1
		end
	end
end

local function value_of (processor, label, is_input)
	local value
	each_control (processor:to_plugininsert ():plugin (0), function (nth, name, input)
		if name == label and input == is_input then value = ARDOUR.LuaAPI.get_processor_param (processor, nth) end
	end)
	return value
end

local function tell (i, fault, text)
	print (("%s %d - Ardour, %s: %s"):format (fault and "not ok" or "ok", i, work, text .. (fault and ": " .. fault or "")))
end

-- ---- The session as it was left

if work == "reopen" then
	local session = load_session (folder, "suite")
	if not session then die ("the session does not open again") end
	for i, word in ipairs (words) do
		local uri = word:match ("^(.-)=")
		local route = session:route_by_name ("track " .. i)
		local fault
		if route:isnil () then
			fault = "its track is gone"
		else
			local processor = route:nth_plugin (0)
			if processor:isnil () then
				fault = "it is gone"
			elseif processor:to_plugininsert ():plugin (0):unique_id () ~= uri then
				fault = "another plugin is in its place"
			else
				local value = value_of (processor, "MIDI channel", true) or value_of (processor, "Channel", true)
				if value and value ~= CHANNEL then fault = "its channel is " .. value end
			end
		end
		tell (i, fault, uri .. " is there again as it was")
	end
	print ("DONE")
	io.stdout:flush ()
	os.exit (0)
end

-- ---- A new session

local in_start, bytes, rate = wav_data (wav_in)
local samples = bytes // 4
local session = create_session (folder, "suite", rate)
if not session then die ("no session in " .. folder) end

session:new_audio_track (1, 1, nil, 1, "source", -1, ARDOUR.TrackMode.Normal, false, false)
local first = session:route_by_name ("source")
local region = first:to_track ():bounce_range (0, samples, ARDOUR.InterThreadInfo (), first:main_outs (), false, "source")
if region:isnil () then die ("cannot bounce the empty track") end
local source = region:source (0):to_filesource ():path ()
local out_start, source_bytes = wav_data (source)
if source_bytes ~= bytes then die ("the source has another length than the WAV") end
local from, to = io.open (wav_in, "rb"), io.open (source, "r+b")
from:seek ("set", in_start)
to:seek ("set", out_start)
to:write (from:read (bytes))
from:close ()
to:close ()

local listed = {}
for info in ARDOUR.LuaAPI.list_plugins ():iter () do listed[info.unique_id] = info end

local chains = {}
for i, word in ipairs (words) do
	local uri, channels = word:match ("^(.-)=(%d)$")
	local entry = { uri = uri, fault = listed[uri] == nil and "not listed" or nil }
	chains[i] = entry
	if not entry.fault then
		local name = "track " .. i
		session:new_audio_track (tonumber (channels), tonumber (channels), nil, 1, name, -1, ARDOUR.TrackMode.Normal, false, false)
		local route = session:route_by_name (name)
		for c = 0, tonumber (channels) - 1 do route:input ():nth (c):disconnect_all () end -- the backend makes noise
		if work == "strict" then route:set_strict_io (true) end
		route:to_track ():playlist ():add_region (region, Temporal.timepos_t (0), 1, false)
		local plugin = ARDOUR.LuaAPI.new_plugin (session, uri, ARDOUR.PluginType.LV2, "")
		if plugin:isnil () then
			entry.fault = "refused"
		elseif route:add_processor_by_index (plugin, 0, nil, true) ~= 0 then
			entry.fault = "not added to a track"
		else
			entry.route, entry.processor = route, plugin
			each_control (plugin:to_plugininsert ():plugin (0), function (nth, label, input)
				if label:match ("hannel$") and not label:match ("Chord") and input then ARDOUR.LuaAPI.set_processor_param (plugin, nth, CHANNEL) end
			end)
		end
	end
end

session:save_state ("", false, false, false, false, false)
session:goto_start (true)
session:request_roll (ARDOUR.TransportRequestSource.TRS_UI)

-- What listens to the sensor itself must find its beats, one a second. Not at once, and on a busy machine not all of
-- the time: the dummy backend then loses blocks
local function finds_beats (entry)
	local rate = value_of (entry.processor, "Heart rate", false)
	entry.heart_rate = rate or 0
	return entry.heart_rate > 59 and entry.heart_rate < 61
end
local waiting = {}
for _, entry in ipairs (chains) do
	if entry.processor and (entry.uri:match (":beat$") or entry.uri:match (":relax$")) then waiting[#waiting + 1] = entry end
end
for second = 1, ROLL_S do
	sleep (1)
	for i = #waiting, 1, -1 do
		if finds_beats (waiting[i]) then table.remove (waiting, i) end
	end
	if second > 4 and #waiting == 0 then break end
end
for _, entry in ipairs (waiting) do entry.fault = "a heart rate of " .. entry.heart_rate end

for i, entry in ipairs (chains) do
	local outputs = 0
	local text = entry.uri
	if entry.processor then
		local insert = entry.processor:to_plugininsert ()
		each_control (insert:plugin (0), function (nth, label, input)
			if not input then
				local value = ARDOUR.LuaAPI.get_processor_param (entry.processor, nth)
				if value == nil or value ~= value then entry.fault = label .. " is not a number" end
				outputs = outputs + 1
			end
		end)
		local audio = insert:output_streams ():n_audio ()
		-- of the first audio channel: MIDI comes before it
		local level = entry.route:peak_meter ():meter_level (insert:output_streams ():n_midi (), ARDOUR.MeterType.MeterPeak)
		if audio < 1 then entry.fault = "it silences the track" end
		if insert:signal_latency () ~= 0 then entry.fault = "it delays the track" end
		-- the drone alone needs no input, and may stay silent without beats
		if not entry.uri:match (":drone") and not (level > -60) then entry.fault = "silent: " .. level .. " dB" end
		text = ("%s, %d outputs, %.1f dB"):format (entry.uri, outputs, level)
		if entry.heart_rate then text = text .. (", %.1f bpm"):format (entry.heart_rate) end
	end
	tell (i, entry.fault, text)
end
session:request_stop (false, false, ARDOUR.TransportRequestSource.TRS_UI)
sleep (0.5)
session:save_state ("", false, false, false, false, false)

-- ---- The export, with a preset of our own, since Ardour has none for 32-bit float

local presets = ARDOUR.user_config_directory (-1) .. "/export"
os.execute ("mkdir -p '" .. presets:gsub ("'", "'\\''") .. "'")
local f = io.open (presets .. "/test-float.preset", "w")
if not f then die ("cannot write into " .. presets) end
f:write ([[<?xml version="1.0" encoding="UTF-8"?>
<ExportPreset id="8c1d3f0e-2a4b-4c5d-8e6f-70819a2b3c4d" name="test float">
  <ExportFormat id="20b4ab09-6452-4cb3-bd66-b921cdbd2942"/>
  <ExportFilename>
    <Folder relative="1" path="export"/>
    <Field name="label" enabled="0"/>
    <Field name="session" enabled="0"/>
    <Field name="snapshot" enabled="0"/>
    <Field name="timespan" enabled="1"/>
    <Field name="revision" enabled="0"/>
    <Field name="time" enabled="0" value="T_None"/>
    <Field name="date" enabled="0" value="D_None"/>
  </ExportFilename>
</ExportPreset>
]])
f:close ()
local out_folder, out_name = wav_out:match ("^(/.*)/([^/]+)%.wav$")
local export = session:simple_export ()
if not export:set_preset ("8c1d3f0e-2a4b-4c5d-8e6f-70819a2b3c4d") then die ("Ardour does not take the export preset") end
export:set_folder (out_folder)
export:set_name (out_name)
export:set_range (0, samples)
if not export:run_export () then die ("the export failed") end
print ("DONE")
io.stdout:flush ()
-- Closing the session after an export crashes now and then in 7.3, when all is written already.
os.exit (0)
