-- SPDX-FileCopyrightText: 2026 The Tonus developers
-- SPDX-License-Identifier: GPL-3.0-or-later
-- ardour_session.lua DIR TEMPLATE.lua USE: a new session from the template, saved, without a screen.
local words = { table.unpack (arg) }
ardour = function (about) template = about end
Session = create_session (words[1], "template", 48000)
assert (Session, "no session")
tonus_use = tonumber (words[3])
dofile (words[2])
assert (template.type == "SessionInit", "not a session template")
factory () ()
io.stdout:flush ()
print ("DONE")
io.stdout:flush ()
os.exit (0)
