DROP TABLE emergency_lifts;
