<#
.SYNOPSIS
Brings the help up to date: docs/en-US/*.md is its source, en-US/SecureStation.PowerShell.dll-Help.xml (MAML) is made from it.

.DESCRIPTION
People write the synopsis, the description, the examples and what each parameter is for. This script writes what the built module knows better, the
SYNTAX section and the yaml block of each parameter, and then the MAML. The markdown has the form of platyPS (schema 2.0.0).

.PARAMETER Check
Writes nothing; lists what is not up to date. The exit code is then 1.
#>
[CmdletBinding()]
param([switch] $Check)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$root = Split-Path $PSScriptRoot
Import-Module "$root/SecureStation.psd1"
$common = [Management.Automation.Cmdlet]::CommonParameters + [Management.Automation.Cmdlet]::OptionalCommonParameters.Where({ $_ -notin 'WhatIf', 'Confirm' })
$namespace = @{
    maml    = 'http://schemas.microsoft.com/maml/2004/10'
    command = 'http://schemas.microsoft.com/maml/dev/command/2004/10'
    dev     = 'http://schemas.microsoft.com/maml/dev/2004/10'
}
$stale = [Collections.Generic.List[string]]::new()

function Write-Text([string] $Path, [string] $Text) {
    $old = if (Test-Path $Path) { [IO.File]::ReadAllText($Path) } else { '' }
    if ($old -cne $Text) {
        $stale.Add($Path)
        if (-not $Check) { [IO.File]::WriteAllText($Path, $Text) }
    }
}

# The text between a heading and the next of the same or a higher level.
function Get-Section([string] $Markdown, [string] $Heading) {
    $level = ($Heading -split ' ')[0].Length
    $match = [regex]::Match($Markdown, "(?ms)^$([regex]::Escape($Heading))[^\S\n]*\n(.*?)(?=^#{1,$level} |\z)")
    $match.Success ? $match.Groups[1].Value.Trim() : $null
}

function Get-TypeName([type] $Type) {
    $Type = [Nullable]::GetUnderlyingType($Type) ?? $Type
    $Type.IsArray ? "$(Get-TypeName $Type.GetElementType())[]" : $Type.Name
}

function Get-Default($Command, $Parameter) {
    if ($Parameter.Name -in 'WhatIf', 'Confirm') { return 'False' }
    $instance = [Activator]::CreateInstance($Command.ImplementingType)
    $value = $Command.ImplementingType.GetProperty($Parameter.Name).GetValue($instance)
    $text = if ($value -is [Array]) { $value -join ', ' } else { [Management.Automation.LanguagePrimitives]::ConvertTo($value, [string], [cultureinfo]::InvariantCulture) }
    $text ? $text : 'None'
}

function Format-Syntax($Command) {
    foreach ($set in $Command.ParameterSets | Sort-Object { -not $_.IsDefault }, Name) {
        $parts = foreach ($parameter in $set.Parameters | Where-Object Name -NotIn $common | Sort-Object { $_.Position -lt 0 }, Position, { -not $_.IsMandatory }, { $_.Name -in 'WhatIf', 'Confirm' }) {
            $value = $parameter.ParameterType -eq [switch] ? '' : " <$(Get-TypeName $parameter.ParameterType)>"
            $name = $parameter.Position -ge 0 ? "[-$($parameter.Name)]" : "-$($parameter.Name)"
            $parameter.IsMandatory ? "$name$value" : "[$name$value]"
        }

        if ($Command.ParameterSets.Count -gt 1) { "### $($set.Name)$($set.IsDefault ? ' (Default)' : '')" } else { '### (All)' }
        ''
        '```'
        (@($Command.Name) + $parts + '[<CommonParameters>]') -join ' '
        '```'
        ''
    }
}

function Format-Yaml($Command, $Parameter) {
    $sets = $Parameter.ParameterSets.GetEnumerator() | Sort-Object Key
    $first = @($sets)[0].Value
    $pipeline = $(if ($sets.Value.ValueFromPipeline -contains $true) { 'ByValue' }), $(if ($sets.Value.ValueFromPipelineByPropertyName -contains $true) { 'ByPropertyName' }) -ne $null
    $wildcards = $Parameter.Attributes.Where({ $_ -is [Management.Automation.SupportsWildcardsAttribute] }).Count -gt 0
    $accepted = $Parameter.Attributes.Where({ $_ -is [Management.Automation.ValidateSetAttribute] }).ForEach({ $_.ValidValues })
    if (-not $accepted -and $Parameter.ParameterType.IsEnum) { $accepted = [Enum]::GetNames($Parameter.ParameterType) }
    '```yaml'
    "Type: $(Get-TypeName $Parameter.ParameterType)"
    "Parameter Sets: $(@($sets)[0].Key -eq '__AllParameterSets' ? '(All)' : ($sets.Key -join ', '))"
    "Aliases:$($Parameter.Aliases ? ' ' + ($Parameter.Aliases -join ', ') : '')"
    if ($accepted) { "Accepted values: $($accepted -join ', ')" }
    ''
    "Required: $($first.IsMandatory)"
    "Position: $($first.Position -lt 0 ? 'Named' : $first.Position)"
    "Default value: $(Get-Default $Command $Parameter)"
    "Accept pipeline input: $($pipeline ? "True ($($pipeline -join ', '))" : 'False')"
    "Accept wildcard characters: $wildcards"
    '```'
}

function Update-Markdown($Command, [string] $Markdown) {
    $syntax = (Format-Syntax $Command) -join "`n"
    $Markdown = [regex]::Replace($Markdown, '(?ms)^## SYNTAX\n.*?(?=^## )', { "## SYNTAX`n`n$syntax`n" })
    $parameters = foreach ($parameter in $Command.Parameters.Values | Where-Object Name -NotIn $common | Sort-Object { $_.Name -in 'WhatIf', 'Confirm' }, Name -Culture '') {
        $text = Get-Section $Markdown "### -$($parameter.Name)"
        if ($null -eq $text) { throw "$($Command.Name).md says nothing of -$($parameter.Name)." }
        "### -$($parameter.Name)"
        ''
        ($text -replace '(?ms)^```yaml\n.*?^```[^\S\n]*$').Trim()
        ''
        Format-Yaml $Command $parameter
        ''
    }

    $parameters += '### CommonParameters', '', 'This cmdlet supports the common parameters; see [about_CommonParameters](https://go.microsoft.com/fwlink/?LinkID=113216).', '', ''
    [regex]::Replace($Markdown, '(?ms)^## PARAMETERS\n.*?(?=^## )', { "## PARAMETERS`n`n$($parameters -join "`n")" })
}

# Markdown as a console shows it: links and emphasis become their text.
function ConvertTo-Plain([string] $Text) { $Text -replace '\[([^\]]+)\]\([^)]*\)', '$1' -replace '\*\*|``|`' }

function Write-Paragraphs($Xml, [string] $Element, [string] $Text) {
    $Xml.WriteStartElement('maml', $Element, $namespace.maml)
    foreach ($paragraph in (ConvertTo-Plain $Text) -split '\n\s*\n' | Where-Object { $_.Trim() }) {
        # A list keeps its lines, other paragraphs are lines wherever they were broken.
        $Xml.WriteElementString('maml', 'para', $namespace.maml, ($paragraph -match '(?m)^(- |    )' ? $paragraph : ($paragraph -replace '\s*\n\s*', ' ')).Trim())
    }

    $Xml.WriteEndElement()
}

function Write-Parameter($Xml, $Command, $Parameter, $Set, [string] $Text) {
    $metadata = $Parameter.ParameterSets[$Set] ?? $Parameter.ParameterSets['__AllParameterSets'] ?? @($Parameter.ParameterSets.Values)[0]
    $pipeline = $(if ($metadata.ValueFromPipeline) { 'ByValue' }), $(if ($metadata.ValueFromPipelineByPropertyName) { 'ByPropertyName' }) -ne $null
    $Xml.WriteStartElement('command', 'parameter', $namespace.command)
    $Xml.WriteAttributeString('required', "$($metadata.IsMandatory)".ToLowerInvariant())
    $Xml.WriteAttributeString('variableLength', "$($Parameter.ParameterType.IsArray)".ToLowerInvariant())
    $Xml.WriteAttributeString('globbing', "$($Parameter.Attributes.Where({ $_ -is [Management.Automation.SupportsWildcardsAttribute] }).Count -gt 0)".ToLowerInvariant())
    $Xml.WriteAttributeString('pipelineInput', $pipeline ? "True ($($pipeline -join ', '))" : 'False')
    $Xml.WriteAttributeString('position', $metadata.Position -lt 0 ? 'named' : "$($metadata.Position)")
    $Xml.WriteAttributeString('aliases', $Parameter.Aliases ? ($Parameter.Aliases -join ', ') : 'none')
    $Xml.WriteElementString('maml', 'name', $namespace.maml, $Parameter.Name)
    Write-Paragraphs $Xml 'description' $Text
    $type = Get-TypeName $Parameter.ParameterType
    if ($Parameter.ParameterType -ne [switch]) {
        $Xml.WriteStartElement('command', 'parameterValue', $namespace.command)
        $Xml.WriteAttributeString('required', 'true')
        $Xml.WriteAttributeString('variableLength', "$($Parameter.ParameterType.IsArray)".ToLowerInvariant())
        $Xml.WriteString($type)
        $Xml.WriteEndElement()
    }

    $Xml.WriteStartElement('dev', 'type', $namespace.dev)
    $Xml.WriteElementString('maml', 'name', $namespace.maml, $type)
    $Xml.WriteEndElement()
    $Xml.WriteElementString('dev', 'defaultValue', $namespace.dev, (Get-Default $Command $Parameter))
    $Xml.WriteEndElement()
}

function Write-Types($Xml, [string] $Outer, [string] $Inner, [string] $Section) {
    $Xml.WriteStartElement('command', $Outer, $namespace.command)
    foreach ($match in [regex]::Matches("$Section`n", '(?ms)^### (.+?)\n(.*?)(?=^### |\z)')) {
        $Xml.WriteStartElement('command', $Inner, $namespace.command)
        $Xml.WriteStartElement('dev', 'type', $namespace.dev)
        $Xml.WriteElementString('maml', 'name', $namespace.maml, $match.Groups[1].Value.Trim())
        $Xml.WriteEndElement()
        Write-Paragraphs $Xml 'description' $match.Groups[2].Value
        $Xml.WriteEndElement()
    }

    $Xml.WriteEndElement()
}

function Write-Command($Xml, $Command, [string] $Markdown) {
    $own = $Command.Parameters.Values | Where-Object Name -NotIn $common | Sort-Object { $_.Name -in 'WhatIf', 'Confirm' }, Name -Culture ''
    $texts = @{}
    foreach ($parameter in $own) { $texts[$parameter.Name] = (Get-Section $Markdown "### -$($parameter.Name)") -replace '(?ms)^```yaml\n.*?^```' }

    $Xml.WriteStartElement('command', 'command', $namespace.command)
    $Xml.WriteStartElement('command', 'details', $namespace.command)
    $Xml.WriteElementString('command', 'name', $namespace.command, $Command.Name)
    $Xml.WriteElementString('command', 'verb', $namespace.command, $Command.Verb)
    $Xml.WriteElementString('command', 'noun', $namespace.command, $Command.Noun)
    Write-Paragraphs $Xml 'description' (Get-Section $Markdown '## SYNOPSIS')
    $Xml.WriteEndElement()
    Write-Paragraphs $Xml 'description' (Get-Section $Markdown '## DESCRIPTION')

    $Xml.WriteStartElement('command', 'syntax', $namespace.command)
    foreach ($set in $Command.ParameterSets | Sort-Object { -not $_.IsDefault }, Name) {
        $Xml.WriteStartElement('command', 'syntaxItem', $namespace.command)
        $Xml.WriteElementString('maml', 'name', $namespace.maml, $Command.Name)
        foreach ($parameter in $set.Parameters | Where-Object Name -NotIn $common | Sort-Object { $_.Position -lt 0 }, Position, { -not $_.IsMandatory }, { $_.Name -in 'WhatIf', 'Confirm' }) {
            Write-Parameter $Xml $Command $Command.Parameters[$parameter.Name] $set.Name ''
        }

        $Xml.WriteEndElement()
    }

    $Xml.WriteEndElement()
    $Xml.WriteStartElement('command', 'parameters', $namespace.command)
    foreach ($parameter in $own) { Write-Parameter $Xml $Command $parameter '__AllParameterSets' $texts[$parameter.Name] }
    $Xml.WriteEndElement()
    Write-Types $Xml 'inputTypes' 'inputType' (Get-Section $Markdown '## INPUTS')
    Write-Types $Xml 'returnValues' 'returnValue' (Get-Section $Markdown '## OUTPUTS')
    $Xml.WriteStartElement('maml', 'alertSet', $namespace.maml)
    Write-Paragraphs $Xml 'alert' "$(Get-Section $Markdown '## NOTES')"
    $Xml.WriteEndElement()

    $Xml.WriteStartElement('command', 'examples', $namespace.command)
    foreach ($match in [regex]::Matches("$(Get-Section $Markdown '## EXAMPLES')`n", '(?ms)^### (.+?)\n\s*```powershell\n(.*?)^```\s*\n(.*?)(?=^### |\z)')) {
        $Xml.WriteStartElement('command', 'example', $namespace.command)
        $Xml.WriteElementString('maml', 'title', $namespace.maml, "---- $($match.Groups[1].Value.Trim()) ----")
        $Xml.WriteElementString('dev', 'code', $namespace.dev, $match.Groups[2].Value.TrimEnd())
        Write-Paragraphs $Xml 'remarks' ($match.Groups[3].Value -replace '(?m)^```.*$')
        $Xml.WriteEndElement()
    }

    $Xml.WriteEndElement()
    $Xml.WriteStartElement('command', 'relatedLinks', $namespace.command)
    foreach ($match in [regex]::Matches("$(Get-Section $Markdown '## RELATED LINKS')", '\[([^\]]+)\]\(([^)]*)\)')) {
        $Xml.WriteStartElement('maml', 'navigationLink', $namespace.maml)
        $Xml.WriteElementString('maml', 'linkText', $namespace.maml, $match.Groups[1].Value)
        $Xml.WriteElementString('maml', 'uri', $namespace.maml, ($match.Groups[2].Value -like 'http*' ? $match.Groups[2].Value : ''))
        $Xml.WriteEndElement()
    }

    $Xml.WriteEndElement()
    $Xml.WriteEndElement()
}

$memory = [IO.MemoryStream]::new()
$xml = [Xml.XmlWriter]::Create($memory, [Xml.XmlWriterSettings]@{ Indent = $true; Encoding = [Text.UTF8Encoding]::new($false); NewLineChars = "`n" })
$xml.WriteStartElement('helpItems', 'http://msh')
$xml.WriteAttributeString('schema', 'maml')
foreach ($command in Get-Command -Module SecureStation -CommandType Cmdlet | Sort-Object Name) {
    $file = "$root/docs/en-US/$($command.Name).md"
    $markdown = Update-Markdown $command ([IO.File]::ReadAllText($file) -replace "`r")
    Write-Text $file $markdown
    Write-Command $xml $command $markdown
}

$xml.WriteEndElement()
$xml.Dispose()
$null = New-Item -ItemType Directory -Force "$root/en-US"
Write-Text "$root/en-US/SecureStation.PowerShell.dll-Help.xml" ([Text.Encoding]::UTF8.GetString($memory.ToArray()) + "`n")

# About topics are plain text; PowerShell shows them as they are.
foreach ($topic in Get-ChildItem "$root/docs/en-US" -Filter 'about_*.md') {
    $text = [IO.File]::ReadAllText($topic.FullName) -replace "`r" -replace '(?m)^```.*\n?' -replace '(?m)^# (.*)$', 'TOPIC`n    $1' -replace '(?m)^## (.*)$', '$1'
    Write-Text "$root/en-US/$($topic.BaseName).help.txt" ($text -replace '`n', "`n")
}

if ($Check -and $stale) {
    $stale
    exit 1
}
