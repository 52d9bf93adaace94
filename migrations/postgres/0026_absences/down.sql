DROP TABLE handovers;
DROP TABLE absences;
