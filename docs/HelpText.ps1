# What Export-Help.ps1 and Update-HelpPages.ps1 share, and the tests of the help: defaults of parameters, and plain text for Get-Help.

# What a parameter has where nobody gives it, as its page says it: False of a switch, None of one that must be given, else the value of a
# new cmdlet. Nothing is returned where that is null, zero or a long list; then a person says what it means.
function Get-ParameterDefault([Management.Automation.CmdletInfo] $Command, [string] $Name) {
    $parameter = $Command.Parameters[$Name]
    if ($parameter.ParameterType -eq [switch]) { return 'False' }
    if ($parameter.ParameterSets.Values.IsMandatory -notcontains $false) { return 'None' }
    $value = $Command.ImplementingType.GetProperty($Name)?.GetValue([Activator]::CreateInstance($Command.ImplementingType))
    if ($value -is [ValueType] -and $value.Equals([Activator]::CreateInstance($value.GetType())) -and $value -isnot [enum]) { return }
    if (@($value).Count -gt 4) { return }

    # Not "if ($value)": an enum's first value is false.
    $text = @($value).ForEach{ [Convert]::ToString($_, [cultureinfo]::InvariantCulture) } -join ', '
    if ($text) { $text }
}

# The default that a page says of a parameter, out of its block of yaml.
function Get-WrittenDefault([string] $Page, [string] $Name) {
    $block = [regex]::Match($Page, "(?ms)^### -$Name\n.*?^``````yaml\n(.*?)^``````").Groups[1].Value
    [regex]::Match($block, '(?m)^DefaultValue: (.*)$').Groups[1].Value -replace "^'(.*)'$", '$1' -replace "''", "'"
}

# A block of yaml with its default: the cmdlet's own, else what was written, else None.
function Set-DefaultValue([string] $Yaml, [Management.Automation.CmdletInfo] $Command, [string] $Name, [string] $Written) {
    $default = Get-ParameterDefault $Command $Name
    if (-not $default) { $default = $Written ? $Written : 'None' }
    $line = "DefaultValue: '$($default -replace "'", "''")'"
    [regex]::Replace($Yaml, '(?m)^DefaultValue: .*$', { $line })
}

# Markdown within a line as plain text: Get-Help shows marks as they stand.
function ConvertTo-PlainText([string] $Markdown) {
    $Markdown -replace '`([^`]+)`', '$1' -replace '\[([^\]]+)\]\([^)]*\)', '$1' -replace '\*\*([^*]+)\*\*', '$1'
}

# Lines of a paragraph, filled to a width.
function Format-Paragraph([string] $Text, [int] $Indent, [string] $First = (' ' * $Indent), [int] $Width = 79) {
    $line = $First
    foreach ($word in $Text -split '\s+') {
        if ($line.Length + $word.Length -ge $Width -and $line.Trim()) {
            $line.TrimEnd()
            $line = ' ' * $Indent
        }

        $line += "$word "
    }

    $line.TrimEnd()
}

# An about_ topic as PowerShell's own look. Get-Help takes the fifth line for the synopsis, so it is one line, however long.
function ConvertTo-AboutTopic([string] $Name, [string] $Markdown) {
    $short = [regex]::Match($Markdown, '(?ms)^## SHORT DESCRIPTION\n+(.*?)\n\n').Groups[1].Value -replace '\n', ' '
    'TOPIC', "    $Name", '', 'SHORT DESCRIPTION', "    $(ConvertTo-PlainText $short)", ''
    $rest = $Markdown.Substring($Markdown.IndexOf("`n## LONG DESCRIPTION") + 1)

    # Paragraphs, items of lists and lines that stand as they are (code and tables) are told apart by how they begin.
    $pending = ''
    $indent = 4
    $first = '    '
    $isCode = $false
    foreach ($line in ($rest.TrimEnd() + "`n") -split "`n") {
        $isPlain = $isCode -or $line -match '^(    |\||```|#|- |\d+\. |$)'
        if ($isPlain -and $pending) {
            Format-Paragraph (ConvertTo-PlainText $pending) $indent $first
            $pending = ''
        }

        switch -Regex ($line) {
            '^```' { $isCode = -not $isCode; break }
            { $isCode } { "        $line".TrimEnd(); break }
            '^    ' { "    $line"; break }
            '^\|' { "    $(ConvertTo-PlainText $line)"; break }
            '^## (.*)' { $Matches[1]; break }
            '^###+ (.*)' { "  $(ConvertTo-PlainText $Matches[1])"; break }
            '^(- |\d+\. )(.*)' {
                $indent = 4 + $Matches[1].Length
                $first = '    ' + $Matches[1]
                $pending = $Matches[2]
                break
            }
            '^$' { ''; break }
            default {
                if (-not $pending -and $line -notmatch '^  ') { $indent = 4; $first = '    ' }
                $pending = "$pending $($line.Trim())".Trim()
            }
        }
    }
}

# MAML in the shape that Get-Help shows well: code of examples as code, text without marks, defaults, and where the page is on the web.
function Update-Maml([xml] $Maml, [string] $PageFolder, [string] $OnlineFolder) {
    $dev = 'http://schemas.microsoft.com/maml/dev/2004/10'
    $text = 'http://schemas.microsoft.com/maml/2004/10'
    $names = [Xml.XmlNamespaceManager]::new($Maml.NameTable)
    $names.AddNamespace('command', 'http://schemas.microsoft.com/maml/dev/command/2004/10')
    $names.AddNamespace('maml', $text)
    $names.AddNamespace('dev', $dev)

    foreach ($command in $Maml.SelectNodes('//command:command', $names)) {
        $name = $command.SelectSingleNode('command:details/command:name', $names).InnerText
        $page = (Get-Content -Raw (Join-Path $PageFolder "$name.md")) -replace "`r"

        foreach ($example in $command.SelectNodes('.//command:example', $names)) { Update-Example $example $names }
        foreach ($paragraph in $command.SelectNodes('.//maml:para[not(ancestor::command:example)]', $names)) {
            $paragraph.InnerText = ConvertTo-PlainText $paragraph.InnerText
        }

        foreach ($parameter in $command.SelectNodes('command:parameters/command:parameter', $names)) {
            $default = $parameter.AppendChild($Maml.CreateElement('dev', 'defaultValue', $dev))
            $default.InnerText = Get-WrittenDefault $page $parameter.SelectSingleNode('maml:name', $names).InnerText
        }

        foreach ($link in $command.SelectNodes('.//maml:navigationLink', $names)) {
            $target = $link.SelectSingleNode('maml:uri', $names)
            if ($link.SelectSingleNode('maml:linkText', $names).InnerText -eq 'Online Version') { $target.InnerText = "$OnlineFolder/$name.md" }
            elseif ($target.InnerText -and $target.InnerText -notmatch '^https?:') { $target.InnerText = "$OnlineFolder/$($target.InnerText)" }
        }
    }
}

# The first block of an example is its code; text and further blocks follow.
function Update-Example([Xml.XmlElement] $Example, [Xml.XmlNamespaceManager] $Names) {
    $introduction = $Example.SelectSingleNode('maml:introduction', $Names)
    $all = $introduction.SelectNodes('maml:para', $Names).ForEach{ $_.InnerText }.Where{ $_.Trim([char]0x80, ' ', "`n") } -join "`n`n"
    $block = [regex]::Match($all, '(?ms)^```\w*\n(.*?)\n```\s*')
    $Example.SelectSingleNode('dev:code', $Names).InnerText = $block.Groups[1].Value
    $before = $all.Substring(0, $block.Index).Trim()
    $after = $all.Substring($block.Index + $block.Length).Trim()

    foreach ($old in @($introduction.ChildNodes)) { $null = $introduction.RemoveChild($old) }
    $remarks = $Example.SelectSingleNode('dev:remarks', $Names)
    foreach ($part in @{ Node = $introduction; Text = $before }, @{ Node = $remarks; Text = $after }) {
        if (-not $part.Text) { continue }
        $paragraph = $part.Node.AppendChild($Example.OwnerDocument.CreateElement('maml', 'para', $Names.LookupNamespace('maml')))
        # Code between keeps its backticks, which continue a line there.
        $pieces = [regex]::Split($part.Text, '(?ms)^```\w*\n(.*?)\n```')
        $paragraph.InnerText = (0..($pieces.Count - 1)).ForEach{ $_ % 2 ? $pieces[$_] : (ConvertTo-PlainText $pieces[$_]) } -join ''
    }
}
