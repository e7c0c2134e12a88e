"""Write metadata/croissant.json: MLCommons Croissant 1.0.

Record sets read the Parquet files, which have types and keep the text "NA".

References between record sets are left out: the vocabulary has them, but its reader (mlcroissant
1.1) then joins the tables, and fails where they refer in a circle or to themselves. The foreign
keys are in datapackage.json.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xinjiang_record.release.integrity.json_files import json_text
from xinjiang_record.release.metadata import citation
from xinjiang_record.release.metadata.release_info import ReleaseInfo, ResourceInfo
from xinjiang_record.release.tables.file_info import FileInfo
from xinjiang_record.release.tables.file_layout import table_paths

PATH = "metadata/croissant.json"

TYPES = {
    "string": "sc:Text",
    "integer": "sc:Integer",
    "year": "sc:Integer",
    "number": "sc:Float",
    "boolean": "sc:Boolean",
    "date": "sc:Date",
    "datetime": "sc:DateTime",
}
CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def render(release: ReleaseInfo) -> str:
    """Return the text of croissant.json."""
    base = release.folder or "../"
    value: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": release.package,
        "alternateName": release.title,
        "description": release.description,
        "version": release.version,
        "datePublished": release.day,
        "license": [item["path"] for item in release.licenses],
        "keywords": list(release.keywords),
        "creator": [{"@type": "sc:Organization", "name": name} for name in release.creators],
        "publisher": {"@type": "sc:Organization", "name": release.creators[0]},
        "url": release.homepage or release.id,
        "isLiveDataset": False,
        "citeAs": citation.format_citation(release, "bibtex").strip(),
        "distribution": [
            *(_file(info, base) for info in (*release.data_files, *release.downloads)),
            *(
                _file_set(resource, base)
                for resource in release.resources
                if resource.files.in_parts
            ),
        ],
        "recordSet": [_records(resource) for resource in release.resources],
    }
    return json_text(value)


def _file(info: FileInfo, base: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": info.path,
        "name": info.path.rpartition("/")[2],
        "contentUrl": f"{base}{info.path}",
        "encodingFormat": "application/x-parquet"
        if info.path.endswith(".parquet")
        else info.media_type,
        "contentSize": f"{info.bytes} B",
        "sha256": info.sha256,
    }


def _file_set(resource: ResourceInfo, base: str) -> dict[str, Any]:
    """Return the Parquet parts of a partitioned table as one file set."""
    folder = table_paths(resource.name)[1]
    return {
        "@type": "cr:FileSet",
        "@id": folder,
        "name": folder.rpartition("/")[2],
        "encodingFormat": "application/x-parquet",
        "includes": f"{base}{folder}/*.parquet",
    }


def _read_from(resource: ResourceInfo) -> dict[str, Any]:
    if resource.files.in_parts:
        return {"fileSet": {"@id": table_paths(resource.name)[1]}}
    return {"fileObject": {"@id": resource.files.parquet[0].path}}


def _records(resource: ResourceInfo) -> dict[str, Any]:
    keys = [{"@id": f"{resource.name}/{name}"} for name in resource.schema["primaryKey"]]
    return {
        "@type": "cr:RecordSet",
        "@id": resource.name,
        "name": resource.name,
        "description": resource.description or resource.title,
        "key": keys if len(keys) > 1 else keys[0],
        "field": [_field(field, resource) for field in resource.schema["fields"]],
    }


def _field(field: Mapping[str, Any], resource: ResourceInfo) -> dict[str, Any]:
    name = field["name"]
    return {
        "@type": "cr:Field",
        "@id": f"{resource.name}/{name}",
        "name": name,
        "description": field["description"],
        "dataType": TYPES[field["type"]],
        "source": {**_read_from(resource), "extract": {"column": name}},
    }
