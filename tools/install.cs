#:property PublishAot=false
#:property ManagePackageVersionsCentrally=false
// Takes a bundle into a folder of packages, after it has checked who signed it and that no byte has changed.
//   dotnet run install.cs -- SmartCity-TierA-0.1.0.bundle.zip --key smartcity-signing-key.pem --fingerprint 3f9a...
// --to FOLDER   where the packages go; ./packages when nothing is said
using System.Diagnostics;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var i && i + 1 < args.Length ? args[i + 1] : null;
int Refuse(string why)
{
    Console.Error.WriteLine(why);
    return 1;
}

if (args is not [var bundle, ..] || bundle.StartsWith('-')) return Refuse("Say which bundle: dotnet run install.cs -- SmartCity-TierA-0.1.0.bundle.zip --key smartcity-signing-key.pem --fingerprint ...");
var keyFile = Option("--key") ?? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(bundle))!, "smartcity-signing-key.pem");
var to = Path.GetFullPath(Option("--to") ?? "packages");
if (!File.Exists(bundle)) return Refuse($"There is no file {bundle}.");
if (!File.Exists(keyFile)) return Refuse($"There is no key {keyFile}: it lies beside the bundle. Name it with --key.");

using var key = ECDsa.Create();
try { key.ImportFromPem(File.ReadAllText(keyFile)); }
catch (Exception wrong) when (wrong is ArgumentException or CryptographicException) { return Refuse($"{keyFile} is not a public key in PEM."); }
var fingerprint = Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));
// a key that came on the same stick proves nothing by itself: its fingerprint comes on another way
if (Option("--fingerprint") is not { } expected)
    return Refuse($"The key {Path.GetFileName(keyFile)} has the fingerprint\n  {fingerprint}\nCompare it, all of it, with the one that the supplier published or told you by telephone; not with one that came on the same medium. Then run this again with --fingerprint {fingerprint}");
if (!string.Equals(expected.Replace(":", "").Replace(" ", ""), fingerprint, StringComparison.OrdinalIgnoreCase)) return Refuse($"{Path.GetFileName(keyFile)} is not the supplier's key: its fingerprint is {fingerprint}. Nothing was unpacked.");

var packages = new List<string>();
var staged = to + ".checking";
try
{
    using var zip = ZipFile.OpenRead(bundle);
    byte[] Bytes(ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }
    if (zip.GetEntry("manifest.sha256") is not { } list || zip.GetEntry("manifest.sig") is not { } signature) return Refuse($"{bundle} is refused: it has no manifest or no signature. Nothing was unpacked.");
    var manifest = Bytes(list);
    if (!key.VerifyData(manifest, Bytes(signature), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)) return Refuse($"{bundle} is refused: manifest.sha256 was not signed with this key, or was changed afterwards. Nothing was unpacked.");

    var sums = Encoding.UTF8.GetString(manifest).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split("  ", 2)).ToDictionary(l => l[1], l => l[0]);
    foreach (var entry in zip.Entries.Where(e => e.FullName is not ("manifest.sha256" or "manifest.sig")))
        if (!sums.ContainsKey(entry.FullName) || entry.FullName.Split('/') is not ["packages", var name] || name != Path.GetFileName(name)) return Refuse($"{bundle} is refused: {entry.FullName} is not in the signed list. Nothing was unpacked.");
    if (zip.Entries.Count != sums.Count + 2 || sums.Keys.FirstOrDefault(n => zip.GetEntry(n) is null) is not null)
        return Refuse($"{bundle} is refused: {sums.Keys.FirstOrDefault(n => zip.GetEntry(n) is null) ?? "a file"} is missing or there twice. Nothing was unpacked.");
    // read once into a place of its own, so that what was checked is what is used
    if (Directory.Exists(staged)) Directory.Delete(staged, true);
    var checkedBytes = new Dictionary<string, byte[]>();
    foreach (var (name, sum) in sums)
    {
        byte[] bytes;
        try { bytes = Bytes(zip.GetEntry(name)!); }
        catch (InvalidDataException) { bytes = []; }
        if (Convert.ToHexStringLower(SHA256.HashData(bytes)) != sum) return Refuse($"{bundle} is refused: {name} is not what was signed, at least one byte differs. Nothing was unpacked.");
        checkedBytes[Path.GetFileName(name)] = bytes;
    }
    Directory.CreateDirectory(staged);
    foreach (var (name, bytes) in checkedBytes) File.WriteAllBytes(Path.Combine(staged, name), bytes);
    Directory.CreateDirectory(to);
    foreach (var name in checkedBytes.Keys)
    {
        File.Move(Path.Combine(staged, name), Path.Combine(to, name), overwrite: true);
        packages.Add(name);
    }
}
catch (InvalidDataException) { return Refuse($"{bundle} is refused: it is not a whole zip file. Nothing was unpacked."); }
finally { if (Directory.Exists(staged)) Directory.Delete(staged, true); }
Console.WriteLine($"{packages.Count} packages checked and put into {to}.");

var template = Path.Combine(to, packages.First(p => p.StartsWith("SmartCity.Templates.", StringComparison.Ordinal)));
var install = new ProcessStartInfo("dotnet") { ArgumentList = { "new", "install", template, "--force" } };
install.RedirectStandardOutput = true;
using var run = Process.Start(install)!;
var said = await run.StandardOutput.ReadToEndAsync();
await run.WaitForExitAsync();
if (run.ExitCode != 0) return Refuse($"The packages are there, but the template could not be installed: dotnet new install {template}\n{said}");
Console.WriteLine("A city of its own: dotnet new smartcity --city \"My City\" --tier A -o my-city");
return 0;
