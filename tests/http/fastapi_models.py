"""The contract's request models in FastAPI and Pydantic, to check the adapter's own validation."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Any

from fastapi import Body, FastAPI, Query
from pydantic import BaseModel, ConfigDict, Field


class BackupType(str, Enum):
    full = "full"
    incremental = "incremental"
    differential = "differential"


class DataFormat(str, Enum):
    json = "json"
    csv = "csv"
    xml = "xml"
    parquet = "parquet"
    sql = "sql"


class ExportScope(str, Enum):
    user = "user"
    conversation = "conversation"
    document = "document"
    analytics = "analytics"
    full = "full"
    custom = "custom"


class BackupRequest(BaseModel):
    backup_type: BackupType = BackupType.full
    name: str | None = None
    description: str | None = None
    include_files: bool = True
    include_logs: bool = False
    compress: bool = True
    encrypt: bool = True
    retention_days: int = Field(30, ge=1, le=365)


class RestoreRequest(BaseModel):
    backup_id: str
    restore_options: dict[str, Any] = Field(default_factory=dict)
    create_backup_before_restore: bool = True
    verify_integrity: bool = True


class RestoreScope(str, Enum):
    full = "full"
    user = "user"
    conversations = "conversations"
    documents = "documents"
    prompts = "prompts"


class RestoreConflict(str, Enum):
    replace = "replace"
    skip = "skip"
    newest = "newest"


class RestoreOptions(BaseModel):
    model_config = ConfigDict(extra="forbid")
    scope: RestoreScope = RestoreScope.full
    user_id: str | None = None
    ids: list[str] | None = None
    conflict: RestoreConflict = RestoreConflict.replace
    exact: bool = False
    dry_run: bool = False


class RestoreRequestWithOptions(RestoreRequest):
    restore_options: RestoreOptions = Field(default_factory=RestoreOptions)


class ExportDataRequest(BaseModel):
    scope: ExportScope
    format: DataFormat = DataFormat.json
    user_id: str | None = None
    conversation_id: str | None = None
    date_from: datetime | None = None
    date_to: datetime | None = None
    include_metadata: bool = True
    compress: bool = True
    encrypt: bool = False
    custom_query: dict[str, Any] | None = None
    include_contents: bool = True


class EntityType(str, Enum):
    conversations = "conversations"
    documents = "documents"
    prompts = "prompts"


class Filters(BaseModel):
    entity_type: EntityType
    created_before: datetime | None = None
    created_after: datetime | None = None
    user_id: str | None = None
    status: str | None = None
    limit: int = Field(1000, ge=1, le=10000)
    dry_run: bool = False


class FilteredDeleteRequest(BaseModel):
    filters: Filters


app = FastAPI()


@app.post("/bulk/delete-conversations")
def bulk_delete(ids: Annotated[list[str], Body(max_length=10_000)]):
    return ids


@app.post("/backup")
def backup(request: BackupRequest):
    return request


@app.get("/backups")
def backups(backup_type: BackupType | None = Query(None), status: str | None = Query(None)):
    return {"backup_type": backup_type, "status": status}


@app.post("/restore")
def restore(request: RestoreRequest):
    return request


@app.post("/restore-with-options")
def restore_with_options(request: RestoreRequestWithOptions):
    return request


@app.post("/export")
def export(request: ExportDataRequest):
    return request


@app.post("/bulk/delete-filtered")
def delete_filtered(request: FilteredDeleteRequest):
    return request
