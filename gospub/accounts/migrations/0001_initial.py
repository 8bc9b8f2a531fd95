
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail')),
                ('full_name', models.CharField(blank=True, max_length=200, verbose_name='name')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
            ],
            options={
                'verbose_name': 'user',
                'verbose_name_plural': 'users',
            },
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True, verbose_name='at')),
                ('actor', models.CharField(blank=True, max_length=254, verbose_name='who')),
                ('action', models.CharField(max_length=60, verbose_name='what')),
                ('subject', models.CharField(max_length=200, verbose_name='of what')),
                ('region', models.BigIntegerField(db_index=True, default=0, verbose_name='region')),
                ('address', models.CharField(blank=True, max_length=45, verbose_name='from where')),
                ('before', models.JSONField(default=dict, verbose_name='before')),
                ('after', models.JSONField(default=dict, verbose_name='after')),
                ('previous', models.CharField(max_length=64, unique=True, verbose_name='digest before')),
                ('digest', models.CharField(max_length=64, unique=True, verbose_name='digest')),
            ],
            options={
                'verbose_name': 'audit entry',
                'verbose_name_plural': 'audit entries',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Grant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('operator', 'Operator of the installation'), ('analyst', 'Analyst of a region'), ('official', 'Official of a region'), ('curator', "Founder's curator"), ('institution_admin', 'Institution admin'), ('auditor', 'Auditor')], max_length=20, verbose_name='role')),
                ('founder', models.CharField(blank=True, help_text='Only for a curator: as the registry names the founder of the institutions that are seen.', max_length=255, verbose_name='founder')),
                ('since', models.DateField(blank=True, null=True, verbose_name='since')),
                ('until', models.DateField(blank=True, null=True, verbose_name='until')),
            ],
            options={
                'verbose_name': 'right',
                'verbose_name_plural': 'rights',
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('operator', 'Operator of the installation'), ('analyst', 'Analyst of a region'), ('official', 'Official of a region'), ('curator', "Founder's curator"), ('institution_admin', 'Institution admin'), ('auditor', 'Auditor')], max_length=20, verbose_name='role')),
                ('founder', models.CharField(blank=True, help_text='Only for a curator: as the registry names the founder of the institutions that are seen.', max_length=255, verbose_name='founder')),
                ('since', models.DateField(blank=True, null=True, verbose_name='since')),
                ('until', models.DateField(blank=True, null=True, verbose_name='until')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail')),
                ('token_digest', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('accepted_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'invitation',
                'verbose_name_plural': 'invitations',
            },
        ),
    ]
