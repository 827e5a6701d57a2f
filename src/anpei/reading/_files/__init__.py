"""Files (文件): from bytes to pages, safely. Content decides, never the name; sizes are checked before anything is decoded."""
