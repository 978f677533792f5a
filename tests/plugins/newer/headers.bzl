"""edited_headers: headers, and the sources of a plugin, under include/, changed by sed."""

def _edited_headers_impl(ctx):
    outputs = []
    for header in ctx.files.headers:
        path = header.path.partition("/include/")[2] or header.short_path
        output = ctx.actions.declare_file("include/" + path)
        ctx.actions.run_shell(
            inputs = [header, ctx.file.script],
            outputs = [output],
            arguments = [ctx.file.script.path, header.path, output.path],
            command = 'sed -f "$1" "$2" > "$3"',
            mnemonic = "EditHeader",
        )
        outputs.append(output)
    return [DefaultInfo(files = depset(outputs))]

edited_headers = rule(
    implementation = _edited_headers_impl,
    attrs = {
        "headers": attr.label_list(allow_files = True, mandatory = True),
        "script": attr.label(allow_single_file = True, mandatory = True),
    },
)
