using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace SmartCity.Shell.Access;

[DbContext(typeof(AccessDb)), Migration("20261123010000_Listed")]
internal sealed class AddListed : ModuleMigration
{
    protected override string ModuleKey => AccessDb.Module;

    protected override void Up(MigrationBuilder m) => m.AddColumn<string>("Listed", Table("people"), schema: Schema, maxLength: 100, nullable: true);
}
