DROP INDEX tasks_one_reminder;
