DROP TRIGGER audit_events_no_change ON audit_events;
DROP FUNCTION audit_events_are_append_only();
