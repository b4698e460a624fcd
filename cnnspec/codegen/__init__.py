"""From a plan to readable Python source, which, executed, is the module that trains."""
