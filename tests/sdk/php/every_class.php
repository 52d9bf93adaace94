<?php
// Loads every class of the package that the argument names: a class that PHP refuses ends it.

declare(strict_types=1);

require 'vendor/autoload.php';

set_error_handler(fn (int $_, string $message) => throw new ErrorException($message));
$files = new RecursiveIteratorIterator(new RecursiveDirectoryIterator($argv[1], FilesystemIterator::SKIP_DOTS));
$loaded = 0;
foreach ($files as $file) {
    require_once $file->getPathname();
    $loaded++;
}
if ($loaded < 100) {
    throw new LengthException("only $loaded classes");
}
