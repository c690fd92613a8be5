// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
// A window that looks into its plugin while run() is at work there. It shows nothing, so it needs
// no screen.
#include "bad.h"

#include <lv2/instance-access/instance-access.h>
#include <lv2/ui/ui.h>

static float seen;
static LV2UI_Write_Function to_plugin;
static LV2UI_Controller host;

static LV2UI_Handle instantiate(const LV2UI_Descriptor* descriptor, const char* plugin,
                                const char* bundle, LV2UI_Write_Function write,
                                LV2UI_Controller controller, LV2UI_Widget* widget,
                                const LV2_Feature* const* features)
{
    (void)descriptor;
    (void)plugin;
    (void)bundle;
    to_plugin = write;
    host = controller;
    *widget = NULL;
    while (*features && strcmp((*features)->URI, LV2_INSTANCE_ACCESS_URI) != 0) {
        ++features;
    }
    return *features ? (*features)->data : NULL;
}

static void cleanup(LV2UI_Handle handle)
{
    (void)handle;
}

static void port_event(LV2UI_Handle handle, uint32_t port, uint32_t size, uint32_t format,
                       const void* buffer)
{
    (void)handle;
    (void)port;
    (void)size;
    (void)format;
    (void)buffer;
}

static int idle(LV2UI_Handle handle)
{
    seen = ((const Bad*)handle)->smooth;
    to_plugin(host, GAIN, sizeof seen, 0, &seen);
    return 0;
}

static const void* extension_data(const char* uri)
{
    static const LV2UI_Idle_Interface idle_interface = {idle};
    return strcmp(uri, LV2_UI__idleInterface) == 0 ? &idle_interface : NULL;
}

LV2_SYMBOL_EXPORT const LV2UI_Descriptor* lv2ui_descriptor(uint32_t index)
{
    static const LV2UI_Descriptor descriptor = {"urn:tonus:bad:peeping#ui", instantiate, cleanup,
                                                port_event, extension_data};
    return index == 0 ? &descriptor : NULL;
}
