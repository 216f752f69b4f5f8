-- An inquiry that never reached an answer (no code, altered on its way) may go out once more, as a new thing on the road.
GRANT UPDATE (relay_ref) ON history_inquiries TO sesshu_app;
