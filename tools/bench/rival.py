"""Writes the same files as nx-image-matrix does for the benchmark's matrix, with PyYAML and Jinja2.

Usage: rival.py FOLDER, a folder with manifest.yml and templates/*.j2; writes FOLDER/docker.
"""

import json
import os
import re
import sys

import jinja2
import yaml

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
ARG = re.compile(r"^ARG (\w+)", re.MULTILINE)
COPY = re.compile(r"^COPY (\S+) ", re.MULTILINE)


def main(folder):
    with open(os.path.join(folder, "manifest.yml"), encoding="utf-8") as file:
        manifest = yaml.load(file, Loader)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    for image in images(manifest, environment):
        template = environment.get_template(f"{image['templates_dir']}/{image['release_type']}.Dockerfile.j2")
        write(os.path.join(folder, image["dir"]), image, template.render(image))


def images(manifest, environment):
    spec = manifest["release_spec"]
    envars = [dict(zip(("name", "value"), envar.split("=", 1))) for envar in spec["envars"]]
    args = {
        name: environment.from_string(value).render(version=manifest["version"])
        for name, value in spec["args"].items()
    }
    cuda = cuda_variables(manifest, spec)
    repositories = [repository["registry"] for repository in manifest["repository"].values()]
    for package, types in manifest["packages"].items():
        distros = sorted({name for names in types.values() for name in names})
        for distro in distros:
            listed = ["base"] + [name for name, names in types.items() if distro in names]
            for version, release in manifest["releases"][distro].items():
                for release_type in listed:
                    yield image(
                        manifest, package, release_type, distro, str(version), release, envars, args, cuda, repositories
                    )


def image(manifest, package, release_type, distro, version, release, envars, args, cuda, repositories):
    suffix = release["add_to_tags"]
    base = f"base-{suffix}"
    leaf = f"{release_type}-cuda{cuda['version']['full']}" if release_type == "cudnn" else release_type
    named = release_type in ("runtime", "cudnn")
    tag = f"{manifest['version']}-{suffix}-{release_type}" if named else f"{release_type}-{suffix}"
    is_base = release_type == "base"
    return {
        "name": f"{package}-{distro}{version}-{leaf}",
        "dir": f"docker/{package}/{distro}{version}/{leaf}",
        "templates_dir": release["templates_dir"],
        "package": package,
        "release_type": release_type,
        "distro": distro,
        "distro_version": version,
        "cuda": cuda if release_type == "cudnn" else None,
        "envars": envars,
        "args": args,
        "from": release["base_image"] if is_base else f"{package}:{base}",
        "base_image": release["base_image"],
        "tags": [tag],
        "repositories": [] if is_base else [registry[package] for registry in repositories],
    }


def cuda_variables(manifest, spec):
    version = spec["cuda"]
    major, minor, patch = version.split(".")
    components = dict(manifest["cuda_dependencies"][version])
    package = next(name for name in components if name.startswith("cudnn"))
    pinned = components.pop(package)
    prefix = spec["cuda_prefix_url"]
    return {
        "version": {"full": version, "major": major, "minor": minor, "patch": patch},
        "components": components,
        "cudnn": {"version": pinned, "package": package},
        "repository_url": f"https://developer.download.nvidia.com/compute/cuda/repos/{prefix}/x86_64",
    }


def write(folder, image, dockerfile):
    declared = set(ARG.findall(dockerfile))
    copied = sorted(set(COPY.findall(dockerfile)))
    document = {
        "package": image["package"],
        "releaseType": image["release_type"],
        "distro": image["distro"],
        "distroVersion": image["distro_version"],
        "cuda": image["cuda"] and image["cuda"]["version"]["full"],
        "args": {name: value for name, value in image["args"].items() if name in declared},
        "from": image["from"],
        "baseImage": image["base_image"],
        "tags": image["tags"],
        "floatingTags": [],
        "reference": f"{image['package']}:{image['tags'][0]}",
        "platforms": [],
        "labels": {},
        "repositories": image["repositories"],
        "manifest": "manifest.yml",
        "folder": image["dir"],
        "files": ["Dockerfile", "Dockerfile.dockerignore", "image.json"],
    }
    os.makedirs(folder, exist_ok=True)
    files = {
        "Dockerfile": dockerfile,
        "Dockerfile.dockerignore": "".join(["*\n"] + [f"!{path}\n!{path}/**\n" for path in copied]),
        "image.json": json.dumps(document, indent=2, ensure_ascii=False) + "\n",
    }
    for name, content in files.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(content)


if __name__ == "__main__":
    main(sys.argv[1])
