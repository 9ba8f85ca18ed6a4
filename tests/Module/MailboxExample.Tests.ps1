BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'examples/Mailbox' {
    It 'has three workers do each piece of work, and marks what one failed with' {
        $done = & $root/examples/Mailbox/WorkQueue.ps1 -Count 9
        $done.Number | Sort-Object -Unique | Should -Be (1..9)
        $done.Where{ -not $_.Redelivered }.Number | Sort-Object -Unique | Should -Be $done.Where{ -not $_.Redelivered }.Number
        @($done.Where{ $_.Redelivered }).Count | Should -BeLessOrEqual 1
    }
}
