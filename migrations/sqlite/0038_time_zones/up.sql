-- Where an organisation works, if the country keeps several clocks; null: in the capital's.
ALTER TABLE organisations ADD COLUMN time_zone TEXT;
