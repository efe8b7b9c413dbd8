using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace SmartCity.Shell.Access;

[DbContext(typeof(AccessDb)), Migration("20261122210000_Shared")]
internal sealed class AddShared : ModuleMigration
{
    protected override string ModuleKey => AccessDb.Module;

    protected override void Up(MigrationBuilder m)
    {
        m.CreateTable(Table("once"), schema: Schema, columns: t => new { Key = t.Column<string>(maxLength: 64), Until = t.Column<long>() }, constraints: t => t.PrimaryKey("PK_access_once", x => x.Key));
        m.CreateIndex("IX_access_once_until", Table("once"), "Until", schema: Schema);
        m.CreateTable(Table("tries"), schema: Schema, columns: t => new { Key = t.Column<string>(maxLength: 64), Wrong = t.Column<int>(), Last = t.Column<long>() }, constraints: t => t.PrimaryKey("PK_access_tries", x => x.Key));
        m.CreateIndex("IX_access_tries_last", Table("tries"), "Last", schema: Schema);
    }
}
