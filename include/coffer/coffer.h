// Everything: the one header for programs that want the whole of it.
#pragma once

#include "coffer/backup.h"
#include "coffer/batch.h"
#include "coffer/clock.h"
#include "coffer/content.h"
#include "coffer/engine.h"
#include "coffer/erase.h"
#include "coffer/export.h"
#include "coffer/file_system.h"
#include "coffer/import.h"
#include "coffer/key.h"
#include "coffer/limits.h"
#include "coffer/operation.h"
#include "coffer/random_source.h"
#include "coffer/record_json.h"
#include "coffer/token.h"
#include "coffer/version.h"
