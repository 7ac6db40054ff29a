/** Topics of live messages about messaging: keys of its queries begin with them. */
export const topics = ['message', 'suppression', 'message_template', 'message_rule', 'message_channel', 'messaging_settings'] as const;
