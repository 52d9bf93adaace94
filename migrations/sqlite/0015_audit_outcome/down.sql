DROP TABLE data_protection_events;
